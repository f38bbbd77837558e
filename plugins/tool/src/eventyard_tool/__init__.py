"""The event types of tool calls, and the namespace ``/tools``."""

from eventyard_tool.namespace import ToolNamespace
from eventyard_tool.plugin import ToolPlugin

__all__ = ["ToolNamespace", "ToolPlugin"]
