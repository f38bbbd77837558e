"""What a client that does not read costs: bounded memory, for a bounded time, and nothing for the others."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import orjson
import psutil
import pytest
from eventyard import AsyncServer

MakeEvent = Callable[..., dict[str, Any]]
Connect = Callable[..., Awaitable[Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]
Join = Callable[..., Awaitable["RawClient"]]

#: Settings of the servers here.
LAG = 100_000

#: What may be written to a client before it is looked at again: 256 KiB, one event more, and the frames around them.
CHUNK = 256 * 1024 + 50_000

PATH = "/socket.io/?EIO=4&transport="


class RawClient:
    """A websocket client of ``/tools`` that reads only when it is told to, and answers no pings."""

    def __init__(self, session: aiohttp.ClientSession, websocket: aiohttp.ClientWebSocketResponse) -> None:
        self.session = session
        self.websocket = websocket
        self.received: list[tuple[str, Any]] = []
        # Without a bound, the kernel alone takes some 10 MB.
        websocket.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)

    async def read(self) -> None:
        """Take one packet."""
        text = await self.websocket.receive_str()
        if text.startswith("42/tools,"):
            name, body = orjson.loads(text.removeprefix("42/tools,"))
            self.received.append((name, body))

    async def read_until(self, name: str) -> None:
        """Read until an event of ``name`` has come."""
        async with asyncio.timeout(10):
            while not any(each == name for each, _ in self.received):
                await self.read()

    async def hang_up(self) -> None:
        """Close the client's side at once; a proper goodbye would wait for the server's."""
        await self.session.close()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as http:
        yield http


@pytest.fixture
async def join() -> AsyncIterator[Join]:
    """Open a websocket, join ``/tools``, and read up to ``ready``: ``join(server, auth)``."""
    async with contextlib.AsyncExitStack() as stack:

        async def join_tools(server: AsyncServer, auth: Any = None) -> RawClient:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            websocket = await session.ws_connect(f"{server.url}{PATH}websocket", max_msg_size=0, autoping=False)
            client = RawClient(session, websocket)
            await websocket.send_str("40/tools," + orjson.dumps(auth or {}).decode())
            await client.read_until("ready")
            return client

        yield join_tools


async def connections(http: aiohttp.ClientSession, server: AsyncServer) -> list[dict[str, Any]]:
    async with http.get(f"{server.url}/connections") as response:
        found: list[dict[str, Any]] = (await response.json())["connections"]
        return found


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.02)


def large(make_event: MakeEvent) -> dict[str, Any]:
    return make_event(data={"tool": "Bash", "description": "x" * 20_000})


@pytest.mark.parametrize(("kept", "auth"), [(1000, {}), (300, {}), (300, {"batch": True})], ids=str)
async def test_a_client_that_stops_reading_is_bounded_and_catches_up(
    start_server: StartServer,
    join: Join,
    http: aiohttp.ClientSession,
    connect: Connect,
    make_event: MakeEvent,
    kept: int,
    auth: dict[str, Any],
) -> None:
    """20 MB pass by. It gets all that is still kept, in order and once, and is told of the rest."""
    server = await start_server(delivery={"max_lag_bytes": LAG}, max_buffer_size=kept)
    slow = await join(server, auth)
    prompt = await connect(server, "/tools")
    backlogs: list[int] = []
    for _ in range(50):
        await server.publish(*(large(make_event) for _ in range(20)))
        await prompt.wait("tool_start", len(prompt.named("tool_start")) + 1)
        backlogs += [connection["backlog_bytes"] for connection in await connections(http, server)]
    await prompt.wait("tool_start", 1000)
    assert LAG < max(backlogs) <= LAG + CHUNK
    assert [int(event["sequence"]) for event in prompt.named("tool_start")] == list(range(1, 1001))

    await server.publish(make_event("tool_stop", id="last"))
    reached, gaps = 0, 0
    async with asyncio.timeout(10):
        while reached < 1001:
            slow.received.clear()
            await slow.read()
            for name, body in slow.received:
                if name == "gap":
                    assert (body["after"], body["reason"]) == (reached, "trimmed")
                    assert body["count"] == body["resume_at"] - body["after"] - 1
                    reached = body["resume_at"] - 1
                    gaps += 1
                elif name == "events":
                    assert body["previous"] == reached
                    offsets = [int(event["sequence"]) for event in body["events"]]
                    assert offsets == list(range(reached + 1, body["offset"] + 1))
                    reached = body["offset"]
                else:
                    assert int(body["sequence"]) == reached + 1
                    reached += 1
    assert bool(gaps) == (kept < 1000)
    await server.publish(make_event())
    slow.received.clear()
    await slow.read()
    assert slow.received[0][0] == ("events" if auth else "tool_start")


async def test_many_small_frames_are_too_much_for_a_client_that_does_not_read(
    start_server: StartServer, join: Join, http: aiohttp.ClientSession, make_event: MakeEvent
) -> None:
    server = await start_server(delivery={"max_lag_bytes": 1 << 30, "max_lag_frames": 600}, max_buffer_size=100_000)
    slow = await join(server)
    backlogs: list[int] = []
    for _ in range(40):
        await server.publish(*(make_event() for _ in range(500)))
        backlogs += [connection["backlog_bytes"] for connection in await connections(http, server)]
    assert 64 * 1024 < max(backlogs) < 800_000
    async with asyncio.timeout(10):
        while len(slow.received) < 20_001:
            await slow.read()
    assert [int(body["sequence"]) for _, body in slow.received[1:]] == list(range(1, 20_001))


async def test_a_lagging_client_is_told_on_system(
    start_server: StartServer, join: Join, connect: Connect, make_event: MakeEvent
) -> None:
    server = await start_server(delivery={"max_lag_bytes": LAG})
    watcher = await connect(server, "/system")
    slow = await join(server)
    for _ in range(25):
        await server.publish(*(large(make_event) for _ in range(20)))
        await asyncio.sleep(0)

    def states() -> list[str]:
        told = [event["data"] for event in watcher.named("connection_status")]
        return [data["state"] for data in told if data["namespace"] == "/tools"]

    await until(lambda: "lagging" in states())
    async with asyncio.timeout(10):
        while len(slow.received) < 501:
            await slow.read()
    await until(lambda: states()[-1] == "live")
    assert states() == ["connecting", "authenticated", "syncing", "live", "lagging", "syncing", "live"]


async def test_a_client_that_never_reads_is_closed_and_freed(
    start_server: StartServer, join: Join, http: aiohttp.ClientSession, connect: Connect, make_event: MakeEvent
) -> None:
    server = await start_server(delivery={"max_lag_bytes": LAG, "stall_timeout": 0.5})
    watcher = await connect(server, "/system")
    await connections(http, server)
    process = psutil.Process()
    tasks, descriptors = len(asyncio.all_tasks()), process.num_fds()
    slow = await join(server)
    for _ in range(25):
        await server.publish(*(large(make_event) for _ in range(20)))
    await until(lambda: any(event["data"]["state"] == "closed" for event in watcher.named("connection_status")))
    closed = watcher.named("connection_status")[-1]["data"]
    assert (closed["namespace"], closed["reason"]) == ("/tools", "slow_consumer")
    assert len(await connections(http, server)) == 1
    await slow.hang_up()
    # The task of the session's next ping sleeps for the rest of its 25 s.
    await until(lambda: len(asyncio.all_tasks()) <= tasks + 1 and process.num_fds() <= descriptors)


async def test_a_client_that_neither_reads_nor_answers_pings_is_freed(
    start_server: StartServer, join: Join, http: aiohttp.ClientSession, make_event: MakeEvent
) -> None:
    """Engine.IO would keep what waits for it as long as its kernel acknowledges."""
    server = await start_server(delivery={"max_lag_bytes": LAG})
    # There is no setting for it: 45 s, as in every Engine.IO server.
    engine = server._parts.socketio.eio
    engine.ping_interval, engine.ping_timeout = 0.2, 0.3
    await connections(http, server)
    process = psutil.Process()
    tasks, descriptors = len(asyncio.all_tasks()), process.num_fds()
    slow = await join(server)
    for _ in range(25):
        await server.publish(*(large(make_event) for _ in range(20)))
    async with asyncio.timeout(10):
        while await connections(http, server):
            await asyncio.sleep(0.02)
    await slow.hang_up()
    # Engine.IO's own task looks after sessions, and was started with the first of them.
    await until(lambda: len(asyncio.all_tasks()) <= tasks + 2 and process.num_fds() <= descriptors)


async def test_a_client_that_joins_after_its_time_has_run_out_leaves_nothing_behind(
    start_server: StartServer, http: aiohttp.ClientSession, connect: Connect
) -> None:
    """Engine.IO ends the session while it answers the request to join."""
    server = await start_server()
    watcher = await connect(server, "/system")
    websocket = await http.ws_connect(f"{server.url}{PATH}websocket")
    session = orjson.loads((await websocket.receive_str())[1:])["sid"]
    # As if a ping had gone unanswered since 1970.
    server._parts.socketio.eio.sockets[session].last_ping = 1.0
    await websocket.send_str("40/tools,")
    async with asyncio.timeout(10):
        assert (await websocket.receive()).type in {aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR}
    assert len(await connections(http, server)) == 1
    await until(lambda: any(event["data"]["state"] == "closed" for event in watcher.named("connection_status")))
    assert watcher.named("connection_status")[-1]["data"]["reason"] == "ping timeout"


@pytest.mark.parametrize("transport", ["polling", "websocket"])
async def test_a_client_that_joins_no_namespace_is_closed(
    start_server: StartServer, join: Join, http: aiohttp.ClientSession, transport: str
) -> None:
    server = await start_server(connection_timeout=0.5, max_clients=1)
    if transport == "websocket":
        websocket = await http.ws_connect(f"{server.url}{PATH}websocket")
        await websocket.receive_str()
        async with asyncio.timeout(10):
            assert (await websocket.receive()).type in {aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR}
    else:
        async with http.get(f"{server.url}{PATH}polling") as response:
            session = orjson.loads((await response.text())[1:])["sid"]
        async with asyncio.timeout(10), http.get(f"{server.url}{PATH}polling&sid={session}") as response:
            assert await response.text() == "1"
    assert server.metrics.value("eventyard_refused_total", reason="no_namespace_joined") == 1
    await join(server)


async def test_a_client_that_leaves_all_namespaces_is_closed_too(
    start_server: StartServer, join: Join, http: aiohttp.ClientSession
) -> None:
    server = await start_server(connection_timeout=0.5)
    client = await join(server)
    await client.websocket.send_str("41/tools,")
    async with asyncio.timeout(10):
        assert (await client.websocket.receive()).type in {aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR}


async def test_a_client_that_stays_in_a_namespace_is_left_alone(
    start_server: StartServer, join: Join, make_event: MakeEvent
) -> None:
    server = await start_server(connection_timeout=0.1)
    client = await join(server)
    await asyncio.sleep(1.5)
    await server.publish(make_event())
    await client.read_until("tool_start")


async def test_a_client_that_asks_without_reading_is_closed(
    start_server: StartServer, join: Join, connect: Connect, make_event: MakeEvent
) -> None:
    """The answers that wait for it are bounded in bytes; state can be large."""
    server = await start_server()
    watcher = await connect(server, "/system")
    await server.publish(*(make_event(session="s", correlationid=f"{number}" + "x" * 200) for number in range(500)))
    client = await join(server)

    async def flood() -> None:
        for number in range(100_000):
            await client.websocket.send_str(f'42/tools,{number}["get_state"]')

    flooding = asyncio.ensure_future(flood())
    await until(lambda: any(event["data"]["state"] == "closed" for event in watcher.named("connection_status")))
    closed = watcher.named("connection_status")[-1]["data"]
    assert (closed["namespace"], closed["reason"]) == ("/tools", "requests_without_reading")
    flooding.cancel()
    await asyncio.gather(flooding, return_exceptions=True)
    assert server.metrics.value("eventyard_refused_total", reason="requests_without_reading") == 1
