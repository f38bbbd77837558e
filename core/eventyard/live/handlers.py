"""The namespace handlers of a server, made from the classes that the plugins ship."""

import logging
from collections.abc import Mapping
from typing import Any

from eventyard.errors import PluginError
from eventyard.live.namespace import CORE_EVENTS, Namespace
from eventyard.plugins import CORE, HookCall, InstalledPlugin, PluginManager
from eventyard.plugins.calls import contained
from eventyard.plugins.reason import reason_of

__all__ = ["Handlers", "make_handlers"]

log = logging.getLogger(__name__)


class Handlers:
    """The namespace handlers of a server.

    Attributes:
        by_name: The handlers, by namespace.
        observers: For each event type, the ``apply`` calls that want its events.
        snapshots: The ``snapshot`` calls, by namespace.
    """

    def __init__(
        self, plugins: PluginManager, by_name: Mapping[str, Namespace], owners: Mapping[str, InstalledPlugin]
    ) -> None:
        """Contain the handlers ``by_name``, each shipped by the plugin in ``owners``."""
        self._plugins = plugins
        self._owners = owners
        self._client_events: dict[tuple[str, str], HookCall] = {}
        self.by_name = by_name
        self.snapshots = {
            name: plugins.contain(owners[name], "snapshot", handler.snapshot) for name, handler in by_name.items()
        }
        self.observers: dict[str, list[HookCall]] = {}
        for name, handler in by_name.items():
            call = plugins.contain(owners[name], "apply", handler.apply)
            own = [type_name for type_name, owned in plugins.types.items() if owned.type.namespace == name]
            for type_name in dict.fromkeys((*own, *handler.observes)):
                self.observers.setdefault(type_name, []).append(call)

    def client_event(self, name: str, method: str) -> HookCall:
        """The call of a handler's method for a client event."""
        call = self._client_events.get((name, method))
        if call is None:
            function = getattr(self.by_name[name], method)
            call = self._client_events[name, method] = self._plugins.contain(self._owners[name], method, function)
        return call


def make_handlers(plugins: PluginManager) -> Handlers:
    """Create the handlers; a namespace that only event types name gets one without state.

    A handler that cannot be created quarantines its plugin; its namespace is then served without state.
    """
    by_name: dict[str, Namespace] = {}
    owners: dict[str, InstalledPlugin] = {}
    for name, (handler_class, plugin) in plugins.namespaces.items():
        owners[name] = plugin
        try:
            by_name[name] = _create(handler_class, plugin, plugins.table(plugin))
        except contained() as error:
            plugins.quarantine(plugin, f"its handler of {name} cannot be used: {reason_of(error)}")
            by_name[name] = _stateless(name)
    core = InstalledPlugin("core", CORE, "eventyard")
    for owned in plugins.types.values():
        name = owned.type.namespace
        if name not in by_name:
            by_name[name] = _stateless(name)
            owners[name] = core
    return Handlers(plugins, by_name, owners)


def _create(handler_class: type[Any], plugin: InstalledPlugin, table: Mapping[str, Any]) -> Namespace:
    if not issubclass(handler_class, Namespace):
        message = f"{handler_class.__qualname__} is no subclass of eventyard.Namespace"
        raise PluginError(message)
    if taken := [event for event in CORE_EVENTS if hasattr(handler_class, f"on_{event}")]:
        message = f"{handler_class.__qualname__} handles {', '.join(taken)}, which belong to the core"
        raise PluginError(message)
    handler: Namespace = handler_class()
    handler.configure(table)
    log.debug("namespace %s is handled by %s of %s", handler.name, handler_class.__qualname__, plugin.distribution)
    return handler


def _stateless(name: str) -> Namespace:
    class Stateless(Namespace):
        """A namespace that keeps no state."""

    Stateless.name = name
    return Stateless()
