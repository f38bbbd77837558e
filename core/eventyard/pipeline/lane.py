"""All that can be decided about an event type before its first event comes."""

from collections.abc import Mapping
from dataclasses import dataclass

from eventyard.events import BufferPolicy, Route
from eventyard.plugins import Chain, OwnedType, PluginManager
from eventyard.schemas import Validator

__all__ = ["Lane", "lay_lanes"]


@dataclass(frozen=True, slots=True)
class Lane:
    """All that can be decided about an event type before its first event comes.

    Attributes:
        type: The type and its owner.
        chain: The plugins' calls, stage by stage.
        validator: Checks ``data``.
        route: Where its events go unless a plugin decides otherwise.
        policy: How they are buffered unless a plugin decides otherwise.
    """

    type: OwnedType
    chain: Chain
    validator: Validator
    route: Route
    policy: BufferPolicy


def lay_lanes(plugins: PluginManager) -> Mapping[str, Lane]:
    """The lane of every installed event type, by name."""
    return {
        name: Lane(
            owned,
            plugins.chains[name],
            plugins.store.compile(owned.schema_id),
            Route(owned.type.namespace),
            owned.type.policy,
        )
        for name, owned in plugins.types.items()
    }
