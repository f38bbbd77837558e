"""The plugins of one server: loaded, checked, owned and resolved into chains."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from eventyard.errors import EventyardError, OwnershipError, PluginError
from eventyard.hooks import Handler
from eventyard.plugins.calls import FaultListener, HookCall, HookFault, contained
from eventyard.plugins.chains import Chain, resolve_calls, resolve_chains
from eventyard.plugins.configuration import check_table
from eventyard.plugins.contract import check_plugin, check_plugin_name, instance_of, new_pluggy_manager
from eventyard.plugins.declarations import listed, own_types, read_declarations
from eventyard.plugins.discovery import discover, select
from eventyard.plugins.distribution import EMBEDDED
from eventyard.plugins.handlers import make_handler
from eventyard.plugins.installed import InstalledPlugin, PluginStatus
from eventyard.plugins.ownership import Claims, OwnedType
from eventyard.plugins.reason import reason_of
from eventyard.plugins.type_names import read_applies_to, unknown_type_names
from eventyard.schemas import SchemaStore, load_engine
from eventyard.settings import Settings
from eventyard.spelling import did_you_mean

__all__ = ["PluginManager"]

log = logging.getLogger(__name__)


class PluginManager:
    """The plugins of one server.

    Attributes:
        plugins: All plugins that are installed or were registered, also those that do not take part.
        types: The event types by name, with their owners. Types of a plugin that was quarantined while running stay.
        namespaces: The namespace handlers: name to handler and the plugin that ships it.
        chains: For each event type the calls of its stages; replaced as a whole when plugins change.
        upcasts: For each event type the call that makes data of its current version of that of an earlier one, see
            :meth:`OwnedType.upcast`; replaced with the chains.
        decoders: The ``decode`` calls, in order.
        lifespans: The ``lifespan`` calls, in order.
        introductions: The ``introduce`` calls, in order.
        diagnoses: The ``diagnose`` calls, in order.
        store: The schemas of all types, and the core's own.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        """Make a manager without plugins; nothing is imported or searched for yet."""
        self._settings = settings or Settings()
        self._pluggy = new_pluggy_manager()
        self._engine = load_engine(self._settings.validation.engine)
        self._type_claims = Claims("event type")
        self._namespace_claims = Claims("namespace")
        self._by_object: dict[int, InstalledPlugin] = {}
        self._listeners: list[FaultListener] = []
        self._rebuild_listeners: list[Callable[[], None]] = []
        self._tables: dict[str, Mapping[str, Any]] = {}
        self.store = SchemaStore(self._engine)
        self.plugins: list[InstalledPlugin] = []
        self.types: dict[str, OwnedType] = {}
        self.namespaces: dict[str, tuple[Handler, InstalledPlugin]] = {}
        self.chains: dict[str, Chain] = {}
        self.upcasts: dict[str, HookCall] = {}
        self.decoders: tuple[HookCall, ...] = ()
        self.lifespans: tuple[HookCall, ...] = ()
        self.introductions: tuple[HookCall, ...] = ()
        self.diagnoses: tuple[HookCall, ...] = ()

    @classmethod
    def load(cls, settings: Settings | None = None, plugins: Mapping[str, object] | None = None) -> "PluginManager":
        """A manager with the installed plugins that the settings select, and ``plugins`` by name besides.

        Raises:
            PluginError: A plugin that the settings require failed, or they name one that is not installed.
            OwnershipError: Two plugins claim the same name, event type, namespace or schema ``$id``.
        """
        manager = cls(settings)
        found = discover()
        select((plugin for plugin, _ in found), manager._settings.plugins)
        # Reversed, because pluggy calls what was registered last first.
        for plugin, entry_point in reversed(found):
            manager.plugins.insert(0, plugin)
            if plugin.status is PluginStatus.ACTIVE:
                manager._start(plugin, entry_point.load)
        for name, plugin_object in (plugins or {}).items():
            manager._add(name, plugin_object)
        manager._check_tables()
        manager._resolve()
        for plugin in manager.plugins:
            manager._warn(plugin)
        return manager

    @property
    def engine(self) -> str:
        """Name of the schema engine."""
        return self._engine.name

    @property
    def quarantined(self) -> list[InstalledPlugin]:
        """The plugins that should take part, but cannot."""
        return [plugin for plugin in self.plugins if plugin.status is PluginStatus.QUARANTINED]

    def table(self, plugin: InstalledPlugin) -> Mapping[str, Any]:
        """The settings table of ``plugin``, checked and complete."""
        return self._tables.get(plugin.name, {})

    def warnings(self, plugin: InstalledPlugin) -> list[str]:
        """What keeps ``plugin`` from doing what it was meant to, though it takes part."""
        if plugin.status is not PluginStatus.ACTIVE or plugin.applies_to in (None, "*"):
            return []
        return unknown_type_names("applies_to", plugin.applies_to or (), self.types)

    def register(self, name: str, plugin: object) -> InstalledPlugin:
        """Register a plugin object, for tests and programs that embed a server.

        Unlike an installed plugin, one that fails is an error at once.

        Raises:
            PluginError: It breaks the plugin contract.
            OwnershipError: It claims what another plugin has.
        """
        installed = self._add(name, plugin)
        self._resolve()
        self._warn(installed)
        return installed

    def unregister(self, name: str) -> None:
        """Take a plugin out, with its event types and namespaces.

        Raises:
            PluginError: There is no active plugin of that name.
        """
        plugin = next((each for each in self.plugins if each.name == name and each.plugin is not None), None)
        if plugin is None:
            message = f"no plugin {name!r} is registered"
            raise PluginError(message)
        self._withdraw(plugin)
        self.plugins.remove(plugin)
        self._resolve()

    def contain(self, plugin: InstalledPlugin, method: str, function: Callable[..., Any]) -> HookCall:
        """A call of something else that ``plugin`` ships, such as its namespace handler, contained like a hook's."""
        return HookCall(plugin, method, function, is_async=False, on_fault=self.report)

    def on_fault(self, listener: FaultListener) -> None:
        """Have ``listener`` told of every failed call of a hook."""
        self._listeners.append(listener)

    def on_change(self, listener: Callable[[], None]) -> None:
        """Have ``listener`` told whenever the chains were resolved anew."""
        self._rebuild_listeners.append(listener)

    def report(self, fault: HookFault) -> None:
        """Tell the listeners of a failed call; quarantine a plugin whose hook keeps failing."""
        if fault.streak >= self._settings.plugins.max_failures and fault.plugin.status is PluginStatus.ACTIVE:
            what = reason_of(fault.error)
            self.quarantine(fault.plugin, f"{fault.hook} failed {fault.streak} times in a row, last with {what}")
        self._tell(fault)

    def quarantine(self, plugin: InstalledPlugin, reason: str) -> None:
        """Take a plugin out of all stages; its event types and namespaces stay, so that no event is refused."""
        plugin.quarantine(reason)
        log.error("plugin %s (%s) quarantined: %s", plugin.name, plugin.distribution, reason)
        if plugin.plugin is not None and self._pluggy.is_registered(plugin.plugin):
            self._pluggy.unregister(plugin.plugin)
            self._resolve()

    def give_up(self, plugin: InstalledPlugin, reason: str, error: BaseException) -> None:
        """Quarantine a plugin that cannot be used from the start.

        Raises:
            PluginError: The user requires it, or the program registered it itself.
        """
        if plugin.distribution is EMBEDDED or plugin.name in self._settings.plugins.required:
            kind = "plugin" if plugin.distribution is EMBEDDED else "required plugin"
            message = f"{kind} {plugin.name!r} of {plugin.distribution} cannot be used: {reason}"
            raise PluginError(message) from error
        self.quarantine(plugin, reason)

    def _add(self, name: str, plugin: object) -> InstalledPlugin:
        if any(each.name == name for each in self.plugins):
            message = f"a plugin {name!r} is there already"
            raise PluginError(message)
        target = f"{type(plugin).__module__}:{type(plugin).__qualname__}"
        installed = InstalledPlugin(name, EMBEDDED, target)
        self._start(installed, lambda: plugin)
        self.plugins.append(installed)
        return installed

    def _start(self, plugin: InstalledPlugin, load: Callable[[], object]) -> None:
        """Load and register a plugin; one that fails is given up."""
        try:
            self._register(plugin, load)
        except OwnershipError:
            raise
        except contained() as error:
            reason = str(error) if isinstance(error, EventyardError) else reason_of(error)
            self.give_up(plugin, reason, error)
            raised = error.__cause__ or error
            if not isinstance(raised, EventyardError):
                log.error("traceback of plugin %s", plugin.name, exc_info=raised)

    def _register(self, installed: InstalledPlugin, load: Callable[[], object]) -> None:
        check_plugin_name(installed.name)
        plugin = instance_of(load())
        installed.hooks = check_plugin(plugin)
        self._configure(installed, plugin)
        installed.applies_to = read_applies_to(plugin)
        self._pluggy.register(plugin, f"{installed.distribution.name}:{installed.name}")
        installed.plugin = plugin
        self._by_object[id(plugin)] = installed
        try:
            self._declare(installed, plugin)
        except BaseException:
            self._withdraw(installed)
            raise

    def _configure(self, installed: InstalledPlugin, plugin: object) -> None:
        table = self._settings.plugin.get(installed.name, {})
        complete = check_table(installed.name, getattr(plugin, "config_schema", None), table, self._engine)
        self._tables[installed.name] = complete
        configure = getattr(plugin, "configure", None)
        if configure is not None:
            configure(complete)

    def _declare(self, installed: InstalledPlugin, plugin: object) -> None:
        declared = read_declarations(self._own(plugin, "event_types"), self._own(plugin, "namespaces"))
        for event_type in declared.types:
            self._type_claims.claim(event_type.name, installed)
        for name, handler in declared.namespaces:
            self._namespace_claims.claim(name, installed)
            self.namespaces[name] = make_handler(handler, name, self.table(installed)), installed
        for owned in own_types(installed, declared.types, self.store):
            self.types[owned.type.name] = owned
        installed.types = tuple(event_type.name for event_type in declared.types)
        installed.namespaces = tuple(name for name, _ in declared.namespaces)

    def _own(self, plugin: object, hook: str) -> Iterable[Any]:
        implementations = getattr(self._pluggy.hook, hook).get_hookimpls()
        return [each for found in implementations if found.plugin is plugin for each in listed(hook, found.function())]

    def _withdraw(self, installed: InstalledPlugin) -> None:
        """Undo a registration: hooks, names, schemas."""
        plugin = installed.plugin
        if plugin is None:
            return
        if self._pluggy.is_registered(plugin):
            self._pluggy.unregister(plugin)
        self._by_object.pop(id(plugin), None)
        self._type_claims.release(installed)
        self._namespace_claims.release(installed)
        for name in [name for name, owned in self.types.items() if owned.plugin == installed.name]:
            self.types.pop(name).leave(self.store)
        for name in [name for name, (_, owner) in self.namespaces.items() if owner is installed]:
            del self.namespaces[name]
        installed.plugin, installed.types, installed.namespaces = None, (), ()

    def _resolve(self) -> None:
        self.chains = resolve_chains(self._pluggy, self._by_object, self.types, self._call)
        self.decoders = self._calls("decode", "source", "body", "headers")
        self.lifespans = self._calls("lifespan", "server")
        self.introductions = self._calls("introduce", "url", "needs_token")
        self.diagnoses = self._calls("diagnose", "url", "needs_token")
        owners = {plugin.name: plugin for plugin in self._by_object.values()}
        # An old sender must not take the plugin away from the others: failing up-casters lead to no quarantine.
        self.upcasts = {
            name: HookCall(owners[owned.plugin], "upcast", owned.upcast, is_async=False, on_fault=self._tell)
            for name, owned in self.types.items()
        }
        for listener in self._rebuild_listeners:
            listener()

    def _calls(self, hook: str, *parameters: str) -> tuple[HookCall, ...]:
        return tuple(call for _, call in resolve_calls(self._pluggy, hook, parameters, self._call))

    def _call(self, plugin: object, hook: str, function: Callable[..., Any], is_async: bool) -> HookCall:
        return HookCall(self._by_object[id(plugin)], hook, function, is_async, self.report)

    def _tell(self, fault: HookFault) -> None:
        for listener in self._listeners:
            listener(fault)

    def _warn(self, plugin: InstalledPlugin) -> None:
        for text in self.warnings(plugin):
            log.warning("plugin %s (%s): %s", plugin.name, plugin.distribution, text)

    def _check_tables(self) -> None:
        known = {plugin.name for plugin in self.plugins}
        for name in self._settings.plugin:
            if name not in known:
                message = f"plugin.{name} has settings, but no installed distribution announces a plugin {name!r}"
                raise PluginError(message + did_you_mean(name, known))
