"""Ordinary mistakes of plugin authors: told with the plugin, what was expected and what came."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from eventyard import AsyncServer, BufferPolicy, EarlierVersion, EventType, Namespace, Plugin, Settings, hookimpl
from eventyard.conformance import Candidate, Evidence
from eventyard.errors import PluginError
from eventyard.plugins import PluginManager, PluginStatus, discover

Install = Callable[..., None]

ALONE = {"journal": {"durability": "memory"}}


def refusal_of(plugin: object, name: str = "wrong") -> str:
    """What is said of a plugin object that is handed over."""
    with pytest.raises(PluginError) as refused:
        PluginManager.load(plugins={name: plugin})
    return str(refused.value)


class Raising(Namespace):
    name = "/wrong"

    def __init__(self) -> None:
        raise ValueError("no seed")


class Exiting(Namespace):
    name = "/wrong"

    def __init__(self) -> None:
        raise SystemExit(3)


class Connecting(Namespace):
    name = "/wrong"

    def on_connect(self, sid: str) -> None:
        pass


class Stranger:
    name = "/wrong"


class Unmade(Namespace):
    name = "/wrong"

    def __init__(self) -> None:
        self.count = 0


class ObservesNothing(Namespace):
    name = "/wrong"
    observes = None  # type: ignore[assignment]  # the mistake under test


class ObservesText(Namespace):
    name = "/wrong"
    observes = "tool_start"  # type: ignore[assignment]  # the mistake under test


class ObservesNumbers(Namespace):
    name = "/wrong"
    observes = (5,)  # type: ignore[assignment]  # the mistake under test


def shipping(*handlers: Any) -> type[Plugin]:
    """A plugin that ships ``handlers``."""

    class Shipping(Plugin):
        @hookimpl
        def namespaces(self) -> list[Any]:
            return list(handlers)

    return Shipping


HANDLERS = [
    (Raising, "its handler of /wrong, Raising, cannot be made: ValueError: no seed"),
    (Exiting, "its handler of /wrong, Exiting, cannot be made: SystemExit: 3"),
    (Connecting, "its handler of /wrong, Connecting, defines on_connect; these client events belong to the core"),
    (Stranger, "its handler of /wrong, Stranger, is no subclass of eventyard.Namespace"),
    (Unmade, "its handler of /wrong, Unmade, has an __init__ that does not call super().__init__()"),
    (ObservesNothing, "observes of ObservesNothing is None, expected a tuple of names of event types"),
    (ObservesText, "observes of ObservesText is the text 'tool_start', expected a tuple of names of event types"),
    (ObservesNumbers, "observes of ObservesNumbers has 5 in it, expected names of event types"),
]


@pytest.mark.parametrize(("handler", "told"), HANDLERS, ids=lambda each: getattr(each, "__name__", ""))
def test_a_handler_that_cannot_be_used_is_an_error_at_once_where_a_program_hands_it_over(
    handler: type[Any], told: str
) -> None:
    """Not only when a server has put itself together: commands that list plugins must know it too."""
    assert refusal_of(shipping(handler)()).startswith(f"plugin 'wrong' of embedded 0 cannot be used: {told}")


BROKEN_HANDLER = """
    from eventyard import Namespace, Plugin, hookimpl

    class Garden(Namespace):
        name = "/garden"

        def __init__(self):
            raise ValueError("no seed")

    class ThePlugin(Plugin):
        @hookimpl
        def namespaces(self):
            return [Garden]
"""


def test_an_installed_plugin_whose_handler_cannot_be_made_is_quarantined_and_the_server_goes_on(
    install: Install,
) -> None:
    install("acme-garden", "garden", BROKEN_HANDLER)
    server = AsyncServer(Settings().with_changes(**ALONE))
    (plugin,) = server.plugins.quarantined
    assert (plugin.name, plugin.namespaces) == ("garden", ())
    assert plugin.reason == "its handler of /garden, Garden, cannot be made: ValueError: no seed"
    assert "/garden" not in server.namespaces


def test_a_required_plugin_whose_handler_cannot_be_made_is_fatal(install: Install) -> None:
    install("acme-garden", "garden", BROKEN_HANDLER)
    with pytest.raises(PluginError, match=r"required plugin 'garden' of acme-garden 1\.0 .* ValueError: no seed"):
        AsyncServer(Settings().with_changes(plugins={"required": ["garden"]}, **ALONE))


def test_two_handlers_of_one_namespace_in_one_plugin_are_an_error() -> None:
    class Second(Namespace):
        name = "/same"

    class First(Namespace):
        name = "/same"

    assert "namespaces gave two handlers of /same, " in refusal_of(shipping(First, Second)())


def applying_to(wanted: Any) -> Plugin:
    """A plugin whose stage hooks are called for what it says."""

    class Applying(Plugin):
        applies_to = wanted

        @hookimpl
        def enrich(self, event: object) -> None:
            return None

    return Applying()


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (5, "applies_to is 5, expected a tuple of names of event types"),
        ("tool_start_and_more", "applies_to is the text 'tool_start_and_more', expected a tuple"),
        ({"tool_start": True}, "applies_to is {'tool_start': True}, expected a tuple"),
        (("tool_start", None), "applies_to has None in it, expected names of event types"),
    ],
    ids=repr,
)
def test_applies_to_is_all_or_a_tuple_of_names(wanted: Any, told: str) -> None:
    """A text would match every type whose name is in it."""
    assert f"plugin 'wrong' of embedded 0 cannot be used: {told}" in refusal_of(applying_to(wanted))


def test_a_name_in_applies_to_that_no_type_has_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    """Its plugin may be installed later, so the plugin takes part."""
    with caplog.at_level(logging.WARNING, "eventyard"):
        manager = PluginManager.load(plugins={"watching": applying_to(("tool_strat", "tool_stop"))})
    told = "applies_to names 'tool_strat', which is no installed event type; did you mean 'tool_start'?"
    assert [record.getMessage() for record in caplog.records] == [f"plugin watching (embedded 0): {told}"]
    (plugin,) = [each for each in manager.plugins if each.name == "watching"]
    assert (plugin.status, manager.warnings(plugin)) == (PluginStatus.ACTIVE, [told])


NOT_PLUGINS = [
    ("def make(): ...", "make", "it is the function make"),
    ("class Made: ...", "Made", "it is an object of the class Made"),
    ("import json as Module", "Module", "it is the module json"),
]


@pytest.mark.parametrize(("source", "target", "told"), NOT_PLUGINS, ids=["function", "class", "module"])
def test_an_entry_point_that_names_no_plugin_is_refused_with_what_was_expected(
    install: Install, source: str, target: str, told: str
) -> None:
    """It would be active, and do nothing."""
    install("acme-nothing", "nothing", source, target=target)
    (plugin,) = PluginManager.load().quarantined
    expected = "a class that inherits eventyard.Plugin, or an object with methods that are marked with @hookimpl"
    assert plugin.reason == f"{told}, expected {expected}"


def test_an_object_with_marked_methods_need_not_inherit() -> None:
    class Plain:
        @hookimpl
        def enrich(self, event: object) -> None:
            return None

    assert PluginManager().register("plain", Plain()).hooks == ("enrich",)


def test_a_hook_of_another_name_is_listed_as_the_hook_that_it_is() -> None:
    class Renamed(Plugin):
        @hookimpl(specname="enrich")
        def add_weather(self, event: object) -> None:
            return None

    assert PluginManager().register("renamed", Renamed()).hooks == ("enrich",)


def test_a_distribution_is_found_by_every_spelling_of_its_name(install: Install) -> None:
    """Runs of dots, dashes and underscores are one dash, as for installers."""
    install("Acme.dotted_name", "dotted", "", target="json")
    assert "acme-dotted-name" in {plugin.distribution.name for plugin, _ in discover()}
    for spelling in ("acme.dotted_name", "Acme-Dotted.Name"):
        assert [each.name for each in Candidate.named(spelling, Evidence())] == ["dotted"]


def test_a_plugin_whose_name_no_setting_can_reach_is_refused(install: Install) -> None:
    """``plugin.acme.dot.n`` would be the setting ``dot.n`` of a plugin ``acme``."""
    install("acme-dot", "acme.dot", "from eventyard import Plugin as ThePlugin")
    (plugin,) = PluginManager.load().quarantined
    assert (plugin.reason or "").startswith("its name is 'acme.dot', expected letters, digits, _ and -")
    assert "its name is 'my.own', expected letters" in refusal_of(Plugin(), "my.own")


SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:eventyard:git_commit/1.0.0",
    "type": "object",
    "properties": {},
    "examples": [{}],
}


def git_commit(**changes: Any) -> EventType:
    parts: dict[str, Any] = {"schema": SCHEMA, "namespace": "/git", "policy": BufferPolicy.always_send()} | changes
    return EventType(name="git_commit", **parts)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (None, "event_types gave NoneType, expected a list of EventType"),
        (git_commit(), "event_types gave EventType, expected a list of EventType"),
        ([EventType], "event_types gave the class EventType, expected EventType"),
        (
            [git_commit(schema="x/1.0.0.json")],
            "'git_commit' of embedded 0: its schema is 'x/1.0.0.json', expected a file",
        ),
        (
            [git_commit(earlier=EarlierVersion(schema=SCHEMA))],
            "'git_commit' of embedded 0: earlier is EarlierVersion, expected a list of EarlierVersion",
        ),
        (
            [git_commit(examples={"sha": "c0ffee"})],
            "'git_commit' of embedded 0: the examples of version 1.0.0 are dict, expected a list of examples",
        ),
    ],
    ids=["nothing", "one alone", "a class", "a path as text", "an earlier version alone", "an example alone"],
)
def test_what_event_types_gives_is_checked_with_what_was_expected(given: Any, told: str) -> None:
    class Declaring(Plugin):
        @hookimpl
        def event_types(self) -> Any:
            return given

    refusal = refusal_of(Declaring())
    assert refusal.startswith("plugin 'wrong' of embedded 0 cannot be used: ")
    assert told in refusal


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        (["limit"], "config_schema is list, expected a mapping, which is a JSON Schema"),
        ({"properties": ["limit"]}, "config_schema is no valid JSON Schema: "),
        ({"properties": {"a": {"type": "string", "pattern": "("}}}, "config_schema "),
    ],
    ids=["a list", "no schema", "a bad pattern"],
)
def test_a_config_schema_that_is_none_is_told_as_that(schema: Any, told: str) -> None:
    class Configured(Plugin):
        config_schema = schema

    assert refusal_of(Configured()).startswith(f"plugin 'wrong' of embedded 0 cannot be used: {told}")


def enrich_of(source: str) -> Plugin:
    """A plugin with ``enrich`` as ``source`` defines it."""
    place: dict[str, Any] = {}
    exec(source, place)
    made: type[Plugin] = type("Made", (Plugin,), {"enrich": hookimpl(place["enrich"])})
    return made()


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("def enrich(self, evnt): ...", "enrich has a parameter evnt, which the hook does not give"),
        ("def enrich(event): ...", "enrich lacks the parameter self"),
        ("def enrich(): ...", "enrich lacks the parameter self"),
        ("def enrich(self, *, event): ...", "enrich takes event by keyword alone, but is given it by position"),
        ("def enrich(*all, **others): ...", "enrich takes *all, but a hook is given only the parameters that it names"),
    ],
    ids=["misspelt", "no self", "nothing", "keyword-only", "a decorator's"],
)
def test_a_hook_that_does_not_take_what_it_is_given_is_refused_with_the_right_signature(source: str, told: str) -> None:
    """Each call would fail, or take the plugin for the event."""
    told = f"plugin 'wrong' of embedded 0 cannot be used: {told}, expected enrich(self, event)"
    assert refusal_of(enrich_of(source)) == told


def test_a_hook_may_take_less_than_it_is_given_and_more_that_has_a_default() -> None:
    """As pluggy has it: so plugins can be written for a newer specification."""
    for source in ("def enrich(self): ...", "def enrich(this, event, later=None, *, much_later=None, **rest): ..."):
        assert PluginManager().register("fine", enrich_of(source)).hooks == ("enrich",)
