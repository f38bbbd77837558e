"""The same events by websocket, by long-polling, and while a client goes over from one to the other."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from eventyard import AsyncServer

MakeEvent = Callable[..., dict[str, Any]]
OpenRaw = Callable[..., Awaitable[Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]
Connect = Callable[..., Awaitable[Any]]

TRANSPORTS = ["polling", "websocket", "upgrade"]


def offsets(events: list[dict[str, Any]]) -> list[int]:
    return [int(event["sequence"]) for event in events]


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_connect_then_ready_then_events(
    server: AsyncServer, open_raw: OpenRaw, make_event: MakeEvent, transport: str
) -> None:
    """Those that were there before, then those that come; nothing in between."""
    await server.publish(*(make_event() for _ in range(20)))
    client = await open_raw(server.url, transport)
    await client.join()
    await client.receive_events("ready", 1)
    for _ in range(20):
        await server.publish(make_event(), make_event())
        await asyncio.sleep(0)
    await client.receive_events("tool_start", 60)
    assert [name for name, _ in client.received[:3]] == ["CONNECT", "ready", "tool_start"]
    assert offsets(client.events("tool_start")) == list(range(1, 61))
    assert len(client.received) == 62


@pytest.mark.parametrize("seed", range(8))
async def test_an_upgrade_in_the_middle_of_a_burst_loses_doubles_and_swaps_nothing(
    server: AsyncServer, open_raw: OpenRaw, make_event: MakeEvent, seed: int
) -> None:
    """Whenever it comes, and whether or not the client reads: large events make the websocket's writer wait."""
    chance = random.Random(seed)
    sizes = (10, 1000, 300_000)
    total = 0

    async def publish() -> None:
        nonlocal total
        events = [make_event(chance.choice(sizes)) for _ in range(chance.randint(1, 12))]
        total += len(events)
        await server.publish(*events)
        await asyncio.sleep(chance.choice((0, 0, 0.01)))

    client = await open_raw(server.url, "polling")
    for _ in range(chance.randint(0, 2)):
        await publish()
    await client.join()
    for _ in range(chance.randint(0, 3)):
        await client.poll()
        await publish()
    websocket = await client.new_websocket()
    await publish()
    await websocket.send_str("2probe")
    await publish()
    assert await websocket.receive_str() == "3probe"
    await publish()
    await client.go_over(websocket)
    for _ in range(chance.randint(2, 6)):
        await publish()
    await client.receive_events("tool_start", total)
    await publish()
    await client.receive_events("tool_start", total)
    assert [name for name, _ in client.received[:2]] == ["CONNECT", "ready"]
    assert offsets(client.events("tool_start")) == list(range(1, total + 1))
    assert client.events("gap") == []


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("live", [False, True])
async def test_the_answer_to_resume_divides_what_was_before_from_what_comes_anew(
    start_server: StartServer, open_raw: OpenRaw, make_event: MakeEvent, transport: str, *, live: bool
) -> None:
    """Whatever is published at the same time: the numbers of events alone would not tell."""
    server = await start_server(delivery={"replay_events": 15})
    client = await open_raw(server.url, transport)
    await client.join({"resume": "latest"})
    (ready,) = await client.receive_events("ready", 1)
    await server.publish(*(make_event() for _ in range(20)))
    offset = 20 if live else 3
    publishing = asyncio.gather(*(server.publish(make_event()) for _ in range(10)))
    await client.send(f'42/tools,7["resume",{{"epoch":"{ready["epoch"]}","offset":{offset}}}]')
    await publishing
    await server.publish(make_event())
    async with asyncio.timeout(10):
        while client.received[-1][1].get("sequence") != f"{31:020d}":
            await client.receive()
    names = [name for name, _ in client.received]
    before, behind = client.received[2 : names.index("ANSWER")], client.received[names.index("ANSWER") + 1 :]
    assert offsets([body for _, body in before]) == list(range(1, 1 + len(before)))
    begin = offset + 1
    if not live:
        assert (behind[0][0], behind[0][1]["after"], behind[0][1]["reason"]) == ("gap", 3, "limit")
        begin = behind.pop(0)[1]["resume_at"]
    assert offsets([body for _, body in behind]) == list(range(begin, 32))


async def test_all_namespaces_of_a_connection_go_over_together(
    server: AsyncServer, open_raw: OpenRaw, make_event: MakeEvent
) -> None:
    """They share one queue: what one of them wrote into it must not be overtaken when another goes past it."""
    client = await open_raw(server.url, "polling")
    await client.join()
    await client.send("40/errors,")
    await client.poll()

    async def publish(count: int) -> None:
        error = {"type": "error", "source": "/test", "data": {"message": "no", "kind": "k"}}
        await server.publish(*(each for _ in range(count) for each in (make_event(200_000), error)))

    await publish(3)
    await client.upgrade()
    for _ in range(10):
        await publish(2)
    await client.receive_events("tool_start", 23)
    await client.receive_events("error", 23)
    assert offsets(client.events("tool_start")) == offsets(client.events("error")) == list(range(1, 24))


async def test_a_busy_poller_is_given_everything_a_few_packets_at_a_time(
    server: AsyncServer, connect: Connect, make_event: MakeEvent
) -> None:
    """More at once, and python-engineio's client would give up."""
    client = await connect(server, "/tools", transports=["polling"])
    await server.publish(*(make_event() for _ in range(300)))
    assert offsets(await client.wait("tool_start", 300)) == list(range(1, 301))


async def test_the_transport_is_shown_with_the_connection(server: AsyncServer, open_raw: OpenRaw) -> None:
    clients = [await open_raw(server.url, transport) for transport in TRANSPORTS]
    for client in clients:
        await client.join()
        await client.receive_events("ready", 1)
    async with aiohttp.ClientSession(server.url) as http, http.get("/connections") as response:
        connections = (await response.json())["connections"]
    shown = {connection["id"]: connection["transport"] for connection in connections}
    assert [shown[client.session] for client in clients] == ["polling", "websocket", "websocket"]


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_client_that_is_refused_leaves_nothing_behind(
    server: AsyncServer, open_raw: OpenRaw, transport: str
) -> None:
    client = await open_raw(server.url, transport)
    await client.join(auth={"batch": "yes"})
    while not client.other or not client.other[-1].startswith("44/tools,"):
        await client.receive()
    async with aiohttp.ClientSession(server.url) as http, http.get("/connections") as response:
        assert (await response.json())["connections"] == []
    await client.join()
    await client.receive_events("ready", 1)
