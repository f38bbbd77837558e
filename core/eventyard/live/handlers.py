"""The namespace handlers of a server: those that the plugins ship, and what is called of them."""

from collections.abc import Mapping
from typing import cast

from eventyard.live.namespace import Namespace
from eventyard.plugins import CORE, HookCall, InstalledPlugin, PluginManager

__all__ = ["Handlers", "make_handlers"]


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
    """The handlers that the plugins ship; a namespace that only event types name gets one without state."""
    by_name = {name: cast("Namespace", handler) for name, (handler, _) in plugins.namespaces.items()}
    owners = {name: plugin for name, (_, plugin) in plugins.namespaces.items()}
    core = InstalledPlugin("core", CORE, "eventyard")
    for owned in plugins.types.values():
        name = owned.type.namespace
        if name not in by_name:
            by_name[name] = _stateless(name)
            owners[name] = core
    return Handlers(plugins, by_name, owners)


def _stateless(name: str) -> Namespace:
    class Stateless(Namespace):
        """A namespace that keeps no state."""

    Stateless.name = name
    return Stateless()
