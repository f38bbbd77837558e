"""The plugin: which event types there are, who handles their namespace, and what is added to events."""

from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

from eventyard import BufferPolicy, Event, EventType, Namespace, Plugin, hookimpl

from eventyard_agent.namespace import AgentNamespace
from eventyard_agent.settings import SCHEMA

__all__ = ["AgentPlugin"]

SCHEMAS = files("eventyard_agent") / "schemas"


class AgentPlugin(Plugin):
    """The subagents that agents start, from their start to their stop."""

    config_schema = SCHEMA

    @hookimpl
    def event_types(self) -> Iterable[EventType]:
        """All types are kept until a client has had them."""
        return [
            EventType(
                name=name,
                schema=SCHEMAS / name / "1.0.0.json",
                namespace=AgentNamespace.name,
                policy=BufferPolicy.buffer_if_no_clients(),
            )
            for name in ("subagent_start", "subagent_stop", "subagent_link")
        ]

    @hookimpl
    def namespaces(self) -> Iterable[type[Namespace]]:
        """The handler of ``/agents``."""
        return [AgentNamespace]

    @hookimpl
    def enrich(self, event: Event) -> Mapping[str, Any] | None:
        """Add the agent's id as ``subject``."""
        if event.subject is None and event.agent is not None:
            return {"subject": event.agent}
        return None
