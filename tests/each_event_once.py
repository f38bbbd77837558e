"""The check that stands above all others: a client gets each event once and in order."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from eventyard import AsyncServer

__all__ = ["TRANSPORTS", "check_each_event_once"]

#: What a client may come over.
TRANSPORTS = [["websocket"], ["polling"], ["polling", "websocket"]]


async def check_each_event_once(
    server: AsyncServer,
    connect: Callable[..., Awaitable[Any]],
    make_event: Callable[..., dict[str, Any]],
    transports: list[str],
) -> None:
    """Send single events, bursts, and some before the client is there."""
    await server.publish(*(make_event() for _ in range(30)))
    client = await connect(server, "/tools", transports=transports)
    for _ in range(20):
        await server.publish(*(make_event() for _ in range(7)))
        await asyncio.sleep(0)
    await server.publish(make_event())
    received = await client.wait("tool_start", 171)
    assert client.received[0][0] == "ready"
    assert [int(event["sequence"]) for event in received] == list(range(1, 172))
    assert client.named("gap") == []
