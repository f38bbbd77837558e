"""The event types of subagents, and the namespace ``/agents``."""

from eventyard_agent.namespace import AgentNamespace
from eventyard_agent.plugin import AgentPlugin

__all__ = ["AgentNamespace", "AgentPlugin"]
