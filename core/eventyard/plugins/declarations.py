"""What a plugin declares at start: its event types and namespace handlers."""

from collections.abc import Iterable
from dataclasses import dataclass
from inspect import iscoroutinefunction
from typing import Any, Final

from eventyard.errors import PluginError
from eventyard.events import BufferPolicy, EventType
from eventyard.plugins.installed import InstalledPlugin
from eventyard.plugins.ownership import OwnedType, check_namespace_name, check_type_name
from eventyard.plugins.versions import own_versions
from eventyard.schemas import SchemaStore

__all__ = ["Declarations", "listed", "own_types", "read_declarations"]

#: What the hooks that declare something give, one or more of it.
_GIVES: Final = {"event_types": "EventType", "namespaces": "subclasses of eventyard.Namespace"}

#: The methods of a namespace handler that the server calls where nothing can wait.
_PLAIN: Final = ("configure", "apply", "snapshot")


@dataclass(frozen=True, slots=True)
class Declarations:
    """What a plugin declares at start."""

    types: tuple[EventType, ...]
    namespaces: tuple[tuple[str, type[Any]], ...]


def listed(hook: str, given: object) -> list[Any]:
    """What a hook gave that is to give several things.

    Raises:
        PluginError: It gave a single thing, or nothing.
    """
    if isinstance(given, Iterable):
        return list(given)
    message = f"{hook} gave {_told(given)}, expected a list of {_GIVES[hook]}"
    raise PluginError(message)


def read_declarations(types: Iterable[Any], namespaces: Iterable[Any]) -> Declarations:
    """Check what ``event_types`` and ``namespaces`` gave.

    Raises:
        PluginError: Something in it is not what the hook's specification says.
    """
    checked: list[EventType] = []
    for each in types:
        if not isinstance(each, EventType):
            message = f"event_types gave {_told(each)}, expected EventType"
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
            message = f"namespaces gave {_told(handler)}, expected a subclass of eventyard.Namespace"
            raise PluginError(message)
        name = getattr(handler, "name", None)
        check_namespace_name(name)
        for method in _PLAIN:
            if iscoroutinefunction(getattr(handler, method, None)):
                message = f"{handler.__qualname__}.{method} is a coroutine function, but must be a plain one"
                raise PluginError(message)
        if first := next((other for known, other in handlers if known == name), None):
            message = f"namespaces gave two handlers of {name}, {first.__qualname__} and {handler.__qualname__}"
            raise PluginError(message)
        handlers.append((str(name), handler))
    return Declarations(tuple(checked), tuple(handlers))


def own_types(plugin: InstalledPlugin, types: Iterable[EventType], store: SchemaStore) -> list[OwnedType]:
    """Load the schemas of ``types`` into ``store`` and bind them to their owner.

    Raises:
        OwnershipError: Another distribution has a schema of the same ``$id``.
        PluginError: A schema cannot be read, or the versions of a type do not fit together.
        SchemaError: A schema is invalid or leaves the schema profile.
    """
    owned: list[OwnedType] = []
    try:
        for each in types:
            versions = own_versions(each, plugin.distribution, store)
            owned.append(OwnedType(each, plugin.name, plugin.distribution, versions))
    except Exception:
        for done in owned:
            done.leave(store)
        raise
    return owned


def _told(given: object) -> str:
    return f"the class {given.__name__}" if isinstance(given, type) else type(given).__name__
