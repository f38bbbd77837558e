"""Connections that arrive: many at once, those that are gone at once, those that come too late."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Sequence

import aiohttp
from eventyard import AsyncServer

StartServer = Callable[..., Awaitable[AsyncServer]]

HEALTH = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
JOIN = b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: localhost\r\n\r\n"
EVENT = b'{"type":"tool_start","source":"/test","id":"1","data":{"tool":"Bash"}}'
POST = b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
SENDER = ("sender", POST % len(EVENT) + EVENT)


def port_of(server: AsyncServer) -> int:
    return int(server.url.rpartition(":")[2])


async def answered_in_order(server: AsyncServer, requests: Sequence[tuple[str, bytes]]) -> list[str]:
    """The names of ``requests`` in the order of their answers, when all come at once, each over its own connection."""
    answered: list[str] = []

    async def ask(name: str, request: bytes) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port_of(server))
        arrived.append(name)
        await all_there.wait()
        writer.write(request)
        assert (await reader.readline()).startswith(b"HTTP/1.1 20")
        answered.append(name)
        writer.close()

    arrived: list[str] = []
    all_there = asyncio.Event()
    async with asyncio.timeout(20), asyncio.TaskGroup() as asking:
        for name, request in requests:
            asking.create_task(ask(name, request))
        while len(arrived) < len(requests):
            await asyncio.sleep(0.01)
        all_there.set()
    assert len(answered) == len(requests)
    return answered


async def test_a_sender_does_not_wait_for_all_who_arrived_before_it(server: AsyncServer) -> None:
    """What they want is begun for one after the other, and events have their turn in between."""
    answered = await answered_in_order(server, [("dashboard", HEALTH)] * 200 + [SENDER])
    assert answered.index("sender") < 150


async def test_nobody_else_waits_for_the_clients_that_come_back_together(server: AsyncServer) -> None:
    """They are let in with rests between them, so that this takes longer than to answer what comes after them."""
    answered = await answered_in_order(server, [("client", JOIN)] * 90 + [("other", HEALTH), SENDER])
    assert max(answered.index("other"), answered.index("sender")) < 80


async def test_those_who_are_gone_when_it_is_their_turn_are_in_nobodys_way(server: AsyncServer) -> None:
    for _ in range(100):
        _, writer = await asyncio.open_connection("127.0.0.1", port_of(server))
        writer.write(HEALTH)
        writer.transport.abort()
    async with asyncio.timeout(5), aiohttp.ClientSession(server.url) as http:
        for _ in range(3):
            async with http.get("/health") as answer:
                assert answer.status == 200


async def test_of_a_sender_that_reads_no_answers_little_is_read(server: AsyncServer) -> None:
    wrong = b"[%s]" % b",".join([b"1"] * 900)
    sent = 0
    _, writer = await asyncio.open_connection("127.0.0.1", port_of(server), limit=1)
    with contextlib.suppress(TimeoutError):
        while sent < 60_000_000:
            # First requests with long answers, then one that has no end.
            part = (POST % len(wrong) + wrong) * 20 if sent < 2_000_000 else b"x" * 65_536
            writer.write(part)
            sent += len(part)
            async with asyncio.timeout(3):
                await writer.drain()
    assert sent < 60_000_000
    writer.transport.abort()


async def test_connections_that_arrive_while_the_server_stops_are_closed(start_server: StartServer) -> None:
    """In every turn of the loop one arrives: none may be forgotten between its acceptance and its first byte."""
    server = await start_server()
    loop = asyncio.get_running_loop()
    stopping = loop.create_task(server.stop())
    arrived: list[socket.socket] = []
    while not stopping.done():
        with contextlib.suppress(ConnectionRefusedError):
            arrived.append(socket.create_connection(("127.0.0.1", port_of(server))))
        await asyncio.sleep(0)
    await stopping
    assert arrived
    for each in arrived:
        with each, contextlib.suppress(ConnectionResetError):
            each.setblocking(False)
            async with asyncio.timeout(5):
                assert await loop.sock_recv(each, 1) == b""
