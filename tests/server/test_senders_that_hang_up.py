"""What becomes of events whose sender does not wait for the answer."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from eventyard import AsyncServer, Event, Plugin, Route, hookimpl

MakeEvent = Callable[..., dict[str, Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]


class Sink(Plugin):
    """A plugin that collects what was committed."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    @hookimpl
    def emit(self, event: Event, route: Route) -> None:
        if event.source == "/test":
            self.seen.append(event.id)


async def cancelled(server: AsyncServer, *events: dict[str, Any]) -> None:
    """Publish, and hang up while the commit is under way."""
    sending = asyncio.create_task(server.publish(*events))
    await asyncio.sleep(0)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    assert sending.cancelled()


async def test_what_was_under_way_is_kept_once_however_often_it_is_sent(
    start_server: StartServer, make_event: MakeEvent
) -> None:
    server = await start_server()
    events = [make_event(id="a"), make_event(id="b")]
    await cancelled(server, *events)
    again = await server.publish(*events)
    assert [(outcome.status, outcome.offset) for outcome in again] == [("duplicate", 1), ("duplicate", 2)]


async def test_another_sender_of_the_same_event_gets_its_place(
    start_server: StartServer, make_event: MakeEvent
) -> None:
    """Both wait for one commit; that one of them goes does not disturb the other."""
    server = await start_server()
    event = make_event(id="a")
    first = asyncio.create_task(server.publish(dict(event)))
    await asyncio.sleep(0)
    second = asyncio.create_task(server.publish(dict(event)))
    third = asyncio.create_task(server.publish(dict(event)))
    await asyncio.sleep(0)
    second.cancel()
    first.cancel()
    (outcome,) = await third
    assert (outcome.status, outcome.offset) == ("duplicate", 1)


async def test_it_reaches_the_sinks(start_server: StartServer, make_event: MakeEvent) -> None:
    sink = Sink()
    server = await start_server({"sink": sink})
    await cancelled(server, make_event(id="a"))
    await server.publish(make_event(id="b"))
    while sink.seen[-1:] != ["b"]:
        await asyncio.sleep(0.01)
    assert sink.seen == ["a", "b"]
