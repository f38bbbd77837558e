"""A python-engineio that has something otherwise than ``delivery/engine`` uses it: slower, and nothing is lost."""

import asyncio
import logging
from collections import UserDict
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from engineio.async_socket import AsyncSocket
from engineio.base_server import BaseServer
from eventyard import AsyncServer

from tests.each_event_once import TRANSPORTS, check_each_event_once

MakeEvent = Callable[..., dict[str, Any]]
Connect = Callable[..., Awaitable[Any]]
OpenRaw = Callable[..., Awaitable[Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]


@pytest.fixture(autouse=True)
def unfamiliar(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have python-engineio's sockets count their upgrades instead of saying whether there was one."""

    def read(socket: AsyncSocket) -> int:
        return int(socket.__dict__["upgraded"])

    def write(socket: AsyncSocket, value: bool) -> None:
        socket.__dict__["upgraded"] = value

    monkeypatch.setattr(AsyncSocket, "upgraded", property(read, write), raising=False)


@pytest.mark.parametrize("transports", TRANSPORTS, ids="+".join)
async def test_a_client_gets_each_event_once_and_in_order(
    server: AsyncServer, connect: Connect, make_event: MakeEvent, transports: list[str]
) -> None:
    await check_each_event_once(server, connect, make_event, transports)


async def test_nothing_waits_when_all_was_taken_whatever_its_characters(
    server: AsyncServer, connect: Connect, make_event: MakeEvent
) -> None:
    """What is on the way is counted in bytes, not in characters."""
    client = await connect(server, "/tools")
    await server.publish(*(make_event(data={"tool": "Bash", "description": "ä€𝄞" * 50}) for _ in range(20)))
    await client.wait("tool_start", 20)
    async with aiohttp.ClientSession(server.url) as http, http.get("/connections") as response:
        (connection,) = (await response.json())["connections"]
    assert connection["backlog_bytes"] == 0


async def test_a_client_comes_back_to_what_it_has_missed(
    server: AsyncServer, connect: Connect, make_event: MakeEvent
) -> None:
    client = await connect(server, "/tools", auth={"batch": True})
    await server.publish(*(make_event() for _ in range(5)))
    (batch,) = await client.wait("events")
    await client.close()
    await server.publish(*(make_event() for _ in range(300)))
    cursor = {"epoch": batch["epoch"], "offset": batch["offset"]}
    client = await connect(server, "/tools", auth={"batch": True, "resume": cursor})
    async with asyncio.timeout(5):
        while len(client.offsets()) < 300:
            await asyncio.sleep(0.01)
    assert client.offsets() == list(range(6, 306))
    assert client.named("gap") == []


async def test_the_answer_to_a_request_comes_before_what_it_brings(
    server: AsyncServer, connect: Connect, make_event: MakeEvent
) -> None:
    await server.publish(*(make_event() for _ in range(5)))
    client = await connect(server, "/tools")
    await client.wait("tool_start", 5)
    (ready,) = client.named("ready")
    before = len(client.received)
    answer = await client.call("resume", {"epoch": ready["epoch"], "offset": 2})
    assert len(client.received) == before
    assert (answer["ok"], answer["from"]) == (True, 2)
    await client.wait("tool_start", 8)
    assert client.offsets()[-3:] == [3, 4, 5]


async def test_bytes_are_not_kept_where_their_sender_cannot_be_closed(
    start_server: StartServer,
    open_raw: OpenRaw,
    make_event: MakeEvent,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A python-engineio that has its handlers otherwise hands on all that comes."""

    def keep(server: BaseServer, handlers: dict[str, Any]) -> None:
        server.__dict__["_handlers"] = UserDict(handlers)

    monkeypatch.setattr(
        BaseServer, "handlers", property(lambda server: server.__dict__["_handlers"], keep), raising=False
    )
    with caplog.at_level(logging.WARNING, "eventyard.delivery"):
        server = await start_server()
    assert "has other handlers than expected" in caplog.text
    client = await open_raw(server.url, "websocket")
    await client.join()
    await client.receive_events("ready", 1)
    await client.send('459999999999-/tools,["ack",{"_placeholder":true,"num":0}]')
    await client.websocket.send_bytes(bytes(1 << 20))
    # It would be the first attachment, if one were waited for.
    await client.send('42/tools,1["get_state"]')
    await client.receive_events("ANSWER", 1)


async def test_a_server_that_stops_says_goodbye(start_server: StartServer, connect: Connect) -> None:
    server = await start_server()
    client = await connect(server, "/tools")
    await server.stop()
    async with asyncio.timeout(5):
        await client.socket.wait()
    assert not client.socket.connected


async def test_the_log_says_once_what_is_different_and_what_that_means(
    server: AsyncServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "eventyard.delivery"):
        await connect(server, "/tools")
        await connect(server, "/agents")
    (message,) = [each.getMessage() for each in caplog.records if each.name.startswith("eventyard.delivery")]
    assert "has another AsyncSocket.upgraded than expected" in message
    assert "how many there are, and whether they read, is not looked at" in message
