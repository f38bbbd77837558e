"""Events to try a plugin with, made of the examples of the event types."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from eventyard.conformance.candidate import Candidate
from eventyard.events import timestamp, uuid7
from eventyard.plugins import OwnedType, PluginManager

__all__ = ["FULL", "concerned", "event_of", "examples_of", "owned", "sample_events"]

#: What the events of an agent say in their envelope.
FULL: Final[Mapping[str, Any]] = {"session": "session-1", "agent": "agent-1", "correlationid": "activity-1"}


def owned(candidate: Candidate, plugins: PluginManager) -> list[OwnedType]:
    """The event types that the plugin owns."""
    return [each for each in plugins.types.values() if each.plugin == candidate.name]


def concerned(candidate: Candidate, plugins: PluginManager) -> list[OwnedType]:
    """The event types that the plugin has to do with, its own first."""
    own = owned(candidate, plugins)
    observed = {
        name
        for handler, owner in plugins.namespaces.values()
        if owner.name == candidate.name
        for name in handler.observes
    }
    called = {
        name
        for name, chain in plugins.chains.items()
        for calls in (chain.validate, chain.enrich, chain.route, chain.buffer, chain.emit)
        if any(call.plugin.name == candidate.name for call in calls)
    }
    others = (observed | called) - {each.type.name for each in own}
    return own + [each for name, each in plugins.types.items() if name in others]


def examples_of(candidate: Candidate, owned_type: OwnedType) -> list[Any]:
    """Examples of ``data`` of a type: those of its schema, and those that the plugin's author has given besides."""
    return [*owned_type.examples, *candidate.evidence.accepted.get(owned_type.type.name, ())]


def event_of(candidate: Candidate, type_name: str, data: Any, **attributes: Any) -> dict[str, Any]:
    """An event with an id and a time of its own; an attribute that is ``None`` is left out."""
    event = {
        "specversion": "1.0",
        "id": uuid7(),
        "source": "/conformance",
        "type": type_name,
        "time": timestamp(),
        **candidate.evidence.attributes,
        **attributes,
        "data": data,
    }
    return {name: value for name, value in event.items() if value is not None}


def sample_events(candidate: Candidate, plugins: PluginManager) -> Iterator[dict[str, Any]]:
    """An event for each example of each type that the plugin has to do with."""
    for each in concerned(candidate, plugins):
        for data in examples_of(candidate, each):
            yield event_of(candidate, each.type.name, data, **FULL)
