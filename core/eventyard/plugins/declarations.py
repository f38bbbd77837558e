"""What a plugin declares at start: its event types and namespace handlers."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from eventyard.errors import PluginError
from eventyard.events import BufferPolicy, EventType
from eventyard.plugins.installed import InstalledPlugin
from eventyard.plugins.ownership import OwnedType, check_namespace_name, check_type_name
from eventyard.schemas import SchemaStore

__all__ = ["Declarations", "own_types", "read_declarations"]


@dataclass(frozen=True, slots=True)
class Declarations:
    """What a plugin declares at start."""

    types: tuple[EventType, ...]
    namespaces: tuple[tuple[str, type[Any]], ...]


def read_declarations(types: Iterable[Any], namespaces: Iterable[Any]) -> Declarations:
    """Check what ``event_types`` and ``namespaces`` gave.

    Raises:
        PluginError: Something in it is not what the hook's specification says.
    """
    checked: list[EventType] = []
    for each in types:
        if not isinstance(each, EventType):
            message = f"event_types gave {type(each).__name__}, expected EventType"
            raise PluginError(message)
        check_type_name(each.name)
        check_namespace_name(each.namespace)
        if not isinstance(each.policy, BufferPolicy):
            message = f"event type {each.name!r}: policy is {type(each.policy).__name__}, expected BufferPolicy"
            raise PluginError(message)
        if any(each.name == other.name for other in checked):
            message = f"event type {each.name!r} is declared twice"
            raise PluginError(message)
        checked.append(each)
    handlers: list[tuple[str, type[Any]]] = []
    for handler in namespaces:
        if not isinstance(handler, type):
            message = f"namespaces gave {type(handler).__name__}, expected a subclass of eventyard.Namespace"
            raise PluginError(message)
        name = getattr(handler, "name", None)
        check_namespace_name(name)
        handlers.append((str(name), handler))
    return Declarations(tuple(checked), tuple(handlers))


def own_types(plugin: InstalledPlugin, types: Iterable[EventType], store: SchemaStore) -> list[OwnedType]:
    """Load the schemas of ``types`` into ``store`` and bind them to their owner.

    Raises:
        OwnershipError: Another distribution has a schema of the same ``$id``.
        PluginError: A schema cannot be read, or its ``$id`` is not that of the type.
        SchemaError: A schema is invalid or leaves the schema profile.
    """
    owned: list[OwnedType] = []
    try:
        for each in types:
            schema = _load_schema(each)
            entry = store.add(schema, owner=str(plugin.distribution))
            owned.append(OwnedType(each, plugin.name, plugin.distribution, schema, entry.id, entry.version))
            if entry.type != each.name:
                message = (
                    f"event type {each.name!r}: the schema's $id {entry.id!r} must end in "
                    f"'{each.name}/<major>.<minor>.<patch>'"
                )
                raise PluginError(message)
    except Exception:
        for done in owned:
            store.remove(done.schema_id)
        raise
    return owned


def _load_schema(event_type: EventType) -> Mapping[str, Any]:
    if isinstance(event_type.schema, Mapping):
        return event_type.schema
    try:
        schema = json.loads(event_type.schema.read_text("utf-8"))
    except (OSError, ValueError) as error:
        message = f"event type {event_type.name!r}: its schema {event_type.schema} cannot be read: {error}"
        raise PluginError(message) from error
    if not isinstance(schema, dict):
        message = f"event type {event_type.name!r}: its schema {event_type.schema} is no JSON object"
        raise PluginError(message)
    return schema
