"""All that can be decided about an event type before its first event comes."""

from collections.abc import Mapping
from dataclasses import dataclass

from eventyard.events import BufferPolicy, Route
from eventyard.plugins import Chain, HookCall, OwnedType, PluginManager
from eventyard.schemas import Validator

__all__ = ["Lane", "lay_lanes"]


@dataclass(frozen=True, slots=True)
class Lane:
    """All that can be decided about an event type before its first event comes.

    Attributes:
        type: The type and its owner.
        schema_id: ``$id`` of the current version, the ``dataschema`` of accepted events.
        validator: Checks ``data`` of the current version.
        upcast: Makes of a ``dataschema`` and its ``data`` data of the current version.
        chain: The plugins' calls, stage by stage.
        route: Where its events go unless a plugin decides otherwise.
        stream: Name of the stream that this is.
        policy: How they are buffered unless a plugin decides otherwise.
    """

    type: OwnedType
    schema_id: str
    validator: Validator
    upcast: HookCall
    chain: Chain
    route: Route
    stream: str
    policy: BufferPolicy


def lay_lanes(plugins: PluginManager) -> Mapping[str, Lane]:
    """The lane of every installed event type, by name."""
    return {
        name: Lane(
            owned,
            owned.schema_id,
            owned.versions[0].validator,
            plugins.upcasts[name],
            plugins.chains[name],
            Route(owned.type.namespace),
            owned.type.namespace[1:],
            owned.type.policy,
        )
        for name, owned in plugins.types.items()
    }
