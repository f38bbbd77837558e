from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any, ClassVar

import pytest
from eventyard import Event, Namespace, Plugin, Settings, hookimpl
from eventyard.errors import OwnershipError, PluginError
from eventyard.plugins import PluginManager, PluginStatus

Install = Callable[..., None]


def status_of(manager: PluginManager, name: str) -> tuple[PluginStatus, str | None]:
    plugin = next(plugin for plugin in manager.plugins if plugin.name == name)
    return plugin.status, plugin.reason


def test_installed_plugins_are_listed_by_distribution_and_name(install: Install, git_plugin: str) -> None:
    """The order does not depend on the file system."""
    install("zebra-plugin", "aaa", git_plugin)
    install("apple-plugin", "zzz", "from eventyard import Plugin as ThePlugin")
    listed = [(plugin.distribution.name, plugin.name) for plugin in PluginManager.load().plugins]
    assert listed == sorted(listed)
    assert ("zebra-plugin", "aaa") in listed


def test_a_plugin_that_fails_to_import_is_quarantined_with_its_reason(install: Install, git_plugin: str) -> None:
    """The server lives on without it."""
    install("broken-plugin", "broken", "raise RuntimeError('no database')")
    install("eventyard-git", "git", git_plugin)
    manager = PluginManager.load()
    assert status_of(manager, "broken") == (PluginStatus.QUARANTINED, "RuntimeError: no database")
    assert "git_commit" in manager.types


def test_a_plugin_that_exits_at_import_is_quarantined(install: Install) -> None:
    """``sys.exit()`` in a plugin does not end the server."""
    install("leaving-plugin", "leaving", "raise SystemExit(3)")
    assert status_of(PluginManager.load(), "leaving") == (PluginStatus.QUARANTINED, "SystemExit: 3")


def test_a_required_plugin_that_fails_is_fatal(install: Install) -> None:
    """Whoever named the plugin does not want to run without it."""
    install("broken-plugin", "broken", "raise RuntimeError('no database')")
    with pytest.raises(PluginError, match=r"required plugin 'broken' of broken-plugin 1\.0 .* no database"):
        PluginManager.load(Settings().with_changes(plugins={"required": ["broken"]}))


def test_a_required_plugin_that_is_not_installed_is_fatal_and_the_nearest_name_is_told(
    install: Install, git_plugin: str
) -> None:
    """A typing mistake is told as such."""
    install("eventyard-git", "git_commits", git_plugin)
    with pytest.raises(PluginError, match=r"'git_commit', but no installed .* did you mean 'git_commits'"):
        PluginManager.load(Settings().with_changes(plugins={"required": ["git_commit"]}))


def test_two_distributions_with_plugins_of_one_name_are_an_error_that_names_both(
    install: Install, git_plugin: str
) -> None:
    """Pluggy's own loader would drop the second one silently."""
    install("first-git", "git", git_plugin, version="1.2")
    install("second-git", "git", git_plugin, version="0.4")
    with pytest.raises(OwnershipError, match=r"first-git 1\.2 and second-git 0\.4"):
        PluginManager.load()


def test_two_owners_of_an_event_type_are_an_error_that_names_both(install: Install, git_plugin: str) -> None:
    """The message says which distributions, with versions."""
    install("first-git", "git", git_plugin, version="1.2")
    install("second-git", "git2", git_plugin, version="0.4")
    with pytest.raises(OwnershipError, match=r"event type 'git_commit'.*second-git 0\.4.*first-git 1\.2"):
        PluginManager.load()


def test_two_owners_of_a_namespace_are_an_error_that_names_both(install: Install, git_plugin: str) -> None:
    """python-socketio would let the last one win."""
    source = """
        from eventyard import Namespace, Plugin, hookimpl

        class Mine(Namespace):
            name = "/git"

        class ThePlugin(Plugin):
            @hookimpl
            def namespaces(self):
                return [Mine]
    """
    install("first-git", "git", git_plugin)
    install("other-git", "other", source)
    with pytest.raises(
        OwnershipError, match=r"namespace '/git' has two owners: .*(first|other)-git.*(first|other)-git"
    ):
        PluginManager.load()


def test_two_owners_of_a_schema_id_are_an_error_that_names_both(install: Install, git_plugin: str) -> None:
    """Here the other owner is the core."""
    install("other-envelope", "other", git_plugin.replace("git_commit", "envelope"))
    with pytest.raises(OwnershipError, match=r"urn:eventyard:envelope/1\.0\.0.*"):
        PluginManager.load()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"plugins": {"disable": ["git"]}}, "named by plugins.disable"),
        ({"plugins": {"only": ["other"]}}, "not named by plugins.only"),
        ({"plugins": {"third_party": False}}, "third-git is a third party's, and plugins.third_party is off"),
    ],
)
def test_what_the_user_leaves_out_is_not_imported(install: Install, changes: dict[str, object], reason: str) -> None:
    """A plugin that is left out cannot do harm by being imported."""
    install("third-git", "git", "raise RuntimeError('imported')")
    install("eventyard-tool2", "other", "from eventyard import Plugin as ThePlugin")
    manager = PluginManager.load(Settings().with_changes(**changes))
    assert status_of(manager, "git") == (PluginStatus.DISABLED, reason)


def test_the_settings_of_a_plugin_are_checked_and_completed() -> None:
    """Defaults come from the plugin's own schema."""

    class Configured(Plugin):
        config_schema: ClassVar[dict[str, Any]] = {
            "type": "object",
            "properties": {"limit": {"type": "integer", "default": 5}},
        }

        def configure(self, table: object) -> None:
            self.table = table

    plugin = Configured()
    PluginManager.load(plugins={"configured": plugin})
    assert plugin.table == {"limit": 5}


def test_an_unknown_setting_of_a_plugin_is_an_error_with_the_nearest_one(install: Install) -> None:
    """The plugin is quarantined: running it with other settings than its user's would be worse."""
    source = """
        from eventyard import Plugin

        class ThePlugin(Plugin):
            config_schema = {"type": "object", "properties": {"limit": {"type": "integer", "default": 5}}}
    """
    install("third-git", "git", source)
    manager = PluginManager.load(Settings().with_changes(plugin={"git": {"limits": 3}}))
    status, reason = status_of(manager, "git")
    assert status is PluginStatus.QUARANTINED
    assert reason == "plugin.git.limits is no setting of this plugin; did you mean 'limit'?"


class Forgetful(Plugin):
    def enrich(self, event: object) -> None:
        return None


class Misspelt(Plugin):
    @hookimpl
    def enrch(self, event: object) -> None:
        return None


class WrongArgument(Plugin):
    @hookimpl
    def enrich(self, evnt: object) -> None:  # the mistake under test
        return None


class Wrapping(Plugin):
    @hookimpl(wrapper=True)
    def enrich(self, event: object) -> Generator[None, Any, Any]:  # type: ignore[override]  # the mistake under test
        return (yield)


class AsyncRoute(Plugin):
    @hookimpl
    async def route(self, event: object) -> None:  # type: ignore[override]  # the mistake under test
        return None


class YieldingDecode(Plugin):
    @hookimpl
    def decode(self, source: object, body: object, headers: object) -> Generator[Any, None, None]:  # type: ignore[override]  # the mistake under test
        yield


class YieldingRoute(Plugin):
    @hookimpl
    def route(self, event: object) -> Generator[Any, None, None]:  # type: ignore[override]  # the mistake under test
        yield


class AsyncYieldingValidate(Plugin):
    @hookimpl
    async def validate(self, event: object) -> AsyncGenerator[Any, None]:  # type: ignore[override]  # the mistake under test
        yield


class BadType(Plugin):
    @hookimpl
    def event_types(self) -> list[str]:  # type: ignore[override]  # the mistake under test
        return ["git_commit"]


class AsyncConfigure(Plugin):
    async def configure(self, table: Any) -> None:  # type: ignore[override]  # the mistake under test
        pass


class AsyncApply(Plugin):
    class Board(Namespace):
        """A handler with a mistake."""

        name = "/board"

        async def apply(self, event: Event) -> None:  # type: ignore[override]  # the mistake under test
            pass

    @hookimpl
    def namespaces(self) -> list[type[Namespace]]:
        return [self.Board]


class AsyncSnapshot(AsyncApply):
    class Board(Namespace):
        """A handler with a mistake."""

        name = "/board"

        async def snapshot(self) -> dict[str, Any]:  # type: ignore[override]  # the mistake under test
            return {}


class AsyncHandlerConfigure(AsyncApply):
    class Board(Namespace):
        """A handler with a mistake."""

        name = "/board"

        async def configure(self, table: Any) -> None:  # type: ignore[override]  # the mistake under test
            pass


@pytest.mark.parametrize(
    ("plugin", "told"),
    [
        (Forgetful, "enrich overrides a hook, but lacks the marker @hookimpl"),
        (Misspelt, "no hook 'enrch'; did you mean 'enrich'"),
        (WrongArgument, "evnt"),
        (Wrapping, "enrich is a wrapper"),
        (AsyncRoute, "route is a coroutine function, but must be a plain one"),
        (YieldingDecode, "plugin 'wrong' .*: decode is a generator, but must return what it gives"),
        (YieldingRoute, "plugin 'wrong' .*: route is a generator, but must return what it gives"),
        (AsyncYieldingValidate, "plugin 'wrong' .*: validate is a generator, but must return what it gives"),
        (BadType, "event_types gave str, expected EventType"),
        (AsyncConfigure, "AsyncConfigure.configure is a coroutine function, but must be a plain one"),
        (AsyncHandlerConfigure, "AsyncHandlerConfigure.Board.configure is a coroutine function"),
        (AsyncApply, "AsyncApply.Board.apply is a coroutine function"),
        (AsyncSnapshot, "AsyncSnapshot.Board.snapshot is a coroutine function"),
    ],
)
def test_a_plugin_that_breaks_the_contract_is_refused_with_what_is_wrong(plugin: type[Plugin], told: str) -> None:
    """A mistake that pluggy passes over would only show as a hook that is never called."""
    with pytest.raises(Exception, match=told):
        PluginManager.load(plugins={"wrong": plugin()})


def test_an_unregistered_plugin_gives_back_its_names(git_plugin: str) -> None:
    """Another plugin can then own them."""
    manager = PluginManager()
    namespace: dict[str, type[Plugin]] = {}
    exec(git_plugin, namespace)
    manager.register("first", namespace["ThePlugin"]())
    manager.unregister("first")
    assert manager.types == {}
    manager.register("second", namespace["ThePlugin"]())
    assert manager.types["git_commit"].plugin == "second"
