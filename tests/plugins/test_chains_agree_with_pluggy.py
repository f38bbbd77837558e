"""The resolved chains give the same result, order and error as pluggy, for any set of plugins."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pluggy
from eventyard import BufferPolicy, Event, EventType, Plugin, Route, hookimpl
from eventyard.hooks import PROJECT
from eventyard.plugins import HookCall, HookFault, PluginManager, first_result
from eventyard.plugins.chains import resolve_calls
from eventyard.plugins.distribution import EMBEDDED
from eventyard.plugins.installed import InstalledPlugin
from hypothesis import given
from hypothesis import strategies as st

EVENT = Event.create("git_commit", source="/test", data={})


@dataclass(frozen=True)
class Shape:
    """One randomly made plugin."""

    rank: str | None
    takes_event: bool
    behaviour: str


shapes = st.builds(
    Shape,
    rank=st.sampled_from([None, "tryfirst", "trylast"]),
    takes_event=st.booleans(),
    behaviour=st.sampled_from(["nothing", "answer", "raise"]),
)


def make_plugin(number: int, shape: Shape, calls: list[int]) -> object:
    def act() -> Route | None:
        calls.append(number)
        if shape.behaviour == "raise":
            raise ValueError(number)
        return Route(f"/n{number}") if shape.behaviour == "answer" else None

    implementation: Callable[..., Any] = (lambda self, event: act()) if shape.takes_event else (lambda self: act())
    implementation.__name__ = "route"
    mark = hookimpl(tryfirst=shape.rank == "tryfirst", trylast=shape.rank == "trylast")
    body = {"route": mark(implementation)}
    return type(f"Plugin{number}", (Plugin,), body)()


@given(st.lists(shapes, max_size=8))
def test_the_chain_gives_what_pluggy_gives(made: list[Shape]) -> None:
    """Same calls in the same order; same first result; the first error is the one that pluggy raises."""
    calls: list[int] = []
    reference = pluggy.PluginManager(PROJECT)
    reference.add_hookspecs(Plugin)
    for number, shape in enumerate(made):
        reference.register(make_plugin(number, shape, calls))

    faults: list[HookFault] = []
    installed = InstalledPlugin("any", EMBEDDED, "test")

    def make(plugin: object, hook: str, function: Callable[..., Any], is_async: bool) -> HookCall:
        return HookCall(installed, hook, function, is_async, faults.append)

    chain = [call for _, call in resolve_calls(reference, "route", ("event",), make)]
    ours = first_result(chain, Route, EVENT)
    our_calls, calls[:] = list(calls), []
    try:
        theirs, error = reference.hook.route(event=EVENT), None
    except ValueError as raised:
        theirs, error = None, raised
    if error is None:
        assert ours == theirs
        assert our_calls == calls
        assert faults == []
    else:
        assert our_calls[: len(calls)] == calls
        assert faults[0].error.args == error.args


class Owner(Plugin):
    """Owns the type that the chains are looked up by."""

    @hookimpl
    def event_types(self) -> list[EventType]:
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": "urn:eventyard:git_commit/1.0.0",
            "type": "object",
        }
        policy = BufferPolicy.always_send()
        return [EventType(name="git_commit", schema=schema, namespace="/git", policy=policy)]


@given(st.lists(st.sampled_from([None, "tryfirst", "trylast"]), max_size=8))
def test_the_manager_calls_plugins_in_pluggys_order(ranks: list[str | None]) -> None:
    """Rank first, then the plugin that was registered last."""
    ours: list[int] = []
    theirs: list[int] = []
    manager = PluginManager()
    manager.register("owner", Owner())
    reference = pluggy.PluginManager(PROJECT)
    reference.add_hookspecs(Plugin)
    for number, rank in enumerate(ranks):
        shape = Shape(rank, takes_event=True, behaviour="nothing")
        manager.register(f"p{number}", make_plugin(number, shape, ours))
        reference.register(make_plugin(number, shape, theirs))
    first_result(manager.chains["git_commit"].route, Route, EVENT)
    reference.hook.route(event=EVENT)
    assert ours == theirs
