"""Hooks that are plain functions, but give what is to be awaited: most are wrapped coroutine functions."""

import asyncio
import functools
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from typing import Any, ParamSpec, TypeVar

from eventyard import AsyncServer, Event, Issue, Plugin, Route, hookimpl

StartServer = Callable[..., Awaitable[AsyncServer]]

P = ParamSpec("P")
T = TypeVar("T")

EVENT = {"type": "tool_start", "source": "/test", "data": {"tool": "Bash"}}


def logged(function: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    @functools.wraps(function)
    def logging(*arguments: P.args, **named: P.kwargs) -> Coroutine[Any, Any, T]:
        return function(*arguments, **named)

    return logging


class PassingOn(Plugin):
    """Leaves all work to coroutine functions."""

    applies_to = ("tool_start",)

    def __init__(self) -> None:
        self.sent: asyncio.Queue[str | None] = asyncio.Queue()

    @hookimpl
    @logged
    async def validate(self, event: Event) -> Iterable[Issue] | None:
        await asyncio.sleep(0)
        return [Issue("no_shell", "/data/tool", "not here")] if event.data["tool"] == "sh" else None

    @hookimpl
    def enrich(self, event: Event) -> Awaitable[Mapping[str, Any]]:
        return asyncio.ensure_future(self.addition())

    async def addition(self) -> Mapping[str, Any]:
        return {"host": "here"}

    @hookimpl
    def emit(self, event: Event, route: Route) -> Awaitable[None]:
        return self.sent.put(event.host)


async def test_what_a_plain_hook_gives_is_awaited_where_a_coroutine_may_stand(start_server: StartServer) -> None:
    plugin = PassingOn()
    server = await start_server({"plugin": plugin})
    refused, taken = await server.publish(EVENT | {"data": {"tool": "sh"}}, EVENT)
    assert [issue.keyword for issue in refused.issues] == ["no_shell"]
    assert taken.status == "accepted"
    assert await asyncio.wait_for(plugin.sent.get(), 5) == "here"
    assert plugin.sent.empty()


class FailingLater(Plugin):
    applies_to = ("tool_start",)

    @hookimpl
    def enrich(self, event: Event) -> Awaitable[Mapping[str, Any]]:
        return self.addition()

    async def addition(self) -> Mapping[str, Any]:
        raise ValueError


async def test_what_goes_wrong_while_it_is_awaited_is_contained(start_server: StartServer) -> None:
    server = await start_server({"plugin": FailingLater()})
    (outcome,) = await server.publish(EVENT)
    assert outcome.status == "accepted"
    (plugin,) = [each for each in server.plugins.plugins if each.name == "plugin"]
    assert plugin.errors == {"enrich": 1}
