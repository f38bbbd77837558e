"""The plugin: which event types there are, who handles their namespace, and what is added to events."""

from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

from eventyard import BufferPolicy, Event, EventType, Namespace, Plugin, elapsed_ms, hookimpl

from eventyard_tool.namespace import ToolNamespace
from eventyard_tool.settings import DEFAULTS, SCHEMA
from eventyard_tool.starts import Starts

__all__ = ["ToolPlugin"]

SCHEMAS = files("eventyard_tool") / "schemas"


class ToolPlugin(Plugin):
    """The tool calls of agents, from their start to their stop."""

    config_schema = SCHEMA

    def __init__(self) -> None:
        self.configure(DEFAULTS)

    def configure(self, table: Mapping[str, Any]) -> None:
        """Take the limit of what :meth:`enrich` remembers."""
        self._starts = Starts(table["remembered_starts"])

    @hookimpl
    def event_types(self) -> Iterable[EventType]:
        """Both types are kept until a client has had them."""
        return [
            EventType(
                name=name,
                schema=SCHEMAS / name / "1.0.0.json",
                namespace=ToolNamespace.name,
                policy=BufferPolicy.buffer_if_no_clients(),
            )
            for name in ("tool_start", "tool_stop")
        ]

    @hookimpl
    def namespaces(self) -> Iterable[type[Namespace]]:
        """The handler of ``/tools``."""
        return [ToolNamespace]

    @hookimpl
    def enrich(self, event: Event) -> Mapping[str, Any]:
        """Add the tool's name as ``subject``; add to a stop which start it ends and how long the call took."""
        data = event["data"]
        added: dict[str, Any] = {} if "subject" in event else {"subject": data["tool"]}
        if event.type == "tool_start":
            self._starts.remember(event)
        elif (start := self._starts.find(event)) is not None:
            start_id, started = start
            if "causationid" not in event:
                added["causationid"] = start_id
            if "duration_ms" not in data and (duration_ms := elapsed_ms(started, event.time)) is not None:
                added["data"] = {"duration_ms": duration_ms}
        return added
