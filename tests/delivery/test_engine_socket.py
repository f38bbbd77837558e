"""The contract of ``delivery/engine`` with python-socketio and aiohttp, on real connections of a bare server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import psutil
import pytest
import socketio
from aiohttp import web
from engineio.packet import MESSAGE, NOOP, Packet
from eventyard.delivery import Bound, Burst, Engine, event_message
from eventyard.delivery.engine import ClientSocket, UnreadablePacket
from eventyard.delivery.engine.queue import POLL_PACKETS, BoundedQueue
from socketio.packet import Packet as SocketIOPacket

OpenRaw = Callable[..., Awaitable[Any]]

TRANSPORTS = ["polling", "websocket", "upgrade"]


class BareServer:
    """A Socket.IO server with one namespace, whose connections are written to by their sockets alone.

    Attributes:
        url: Where it answers.
        server: python-socketio's server.
        engine: Its Engine.IO side.
        sockets: The sockets of the clients that joined, oldest first.
        left: The sessions whose clients have left.
    """

    def __init__(self) -> None:
        self.url = ""
        self.server = socketio.AsyncServer(
            async_mode="aiohttp",
            async_handlers=False,
            cors_allowed_origins=[],
            namespaces=["/tools"],
            # The task of a session's next ping outlives the session.
            ping_interval=0.2,
        )
        self.engine = Engine(self.server)
        self.server.on("connect", self._join, namespace="/tools")
        self.server.on("disconnect", self._leave, namespace="/tools")
        self.sockets: list[ClientSocket] = []
        self.left: list[str] = []

    def _join(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        session = self.server.manager.eio_sid_from_sid(sid, "/tools")
        self.sockets.append(self.engine.socket(session))

    def _leave(self, sid: str, reason: str) -> None:
        self.left.append(self.server.manager.eio_sid_from_sid(sid, "/tools"))

    async def handle(self, request: web.Request) -> Any:
        if "Upgrade" in request.headers and "sid" in request.query:
            self.engine.note_upgrade(request.query["sid"], request)
        return await self.server.handle_request(request)


@pytest.fixture
async def bare() -> AsyncIterator[BareServer]:
    bare = BareServer()
    application = web.Application()
    application.add_routes([web.get("/socket.io/", bare.handle), web.post("/socket.io/", bare.handle)])
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    bare.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield bare
    await bare.server.shutdown()
    await runner.cleanup()


def burst(*numbers: int, size: int = 0) -> Burst:
    """Events with these numbers, each with ``size`` bytes and somewhat more."""
    return Burst(event_message(b"/tools", "n", b'{"n":%d,"x":"%s"}' % (number, b"x" * size)) for number in numbers)


def numbers_of(client: Any) -> list[int]:
    return [body["n"] for body in client.events("n")]


async def join(bare: BareServer, client: Any) -> ClientSocket:
    await client.join()
    async with asyncio.timeout(5):
        while not bare.sockets:
            await asyncio.sleep(0)
    return bare.sockets[-1]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_what_is_written_comes_behind_the_answer_to_joining_and_in_order(
    bare: BareServer, open_raw: OpenRaw, transport: str
) -> None:
    client = await open_raw(bare.url, transport)
    socket = await join(bare, client)
    assert socket.websocket is (transport != "polling")
    await socket.settle()
    for number in range(0, 30, 3):
        socket.write(burst(number, number + 1, number + 2))
    await client.receive_events("n", 30)
    assert [name for name, _ in client.received[:2]] == ["CONNECT", "n"]
    assert numbers_of(client) == list(range(30))


async def test_an_upgraded_connection_is_written_to_by_the_queue_until_it_has_settled(
    bare: BareServer, open_raw: OpenRaw
) -> None:
    client = await open_raw(bare.url, "polling")
    socket = await join(bare, client)
    assert not socket.needs_settling
    await client.poll()
    await client.upgrade()
    await until(lambda: socket.websocket)
    assert socket.needs_settling
    socket.write(burst(0))
    await socket.settle()
    assert not socket.needs_settling
    socket.write(burst(1))
    await client.receive_events("n", 2)
    assert numbers_of(client) == [0, 1]


async def test_settling_waits_for_what_the_websocket_has_not_taken(bare: BareServer, open_raw: OpenRaw) -> None:
    """python-engineio takes all packets at once and writes them as the client reads; nothing may come between."""
    client = await open_raw(bare.url, "polling")
    socket = await join(bare, client)
    await client.poll()
    socket.write(burst(*range(12), size=1_000_000))
    await client.upgrade()
    await until(lambda: socket.websocket and not socket.backlog())
    settling = asyncio.ensure_future(socket.settle())
    await asyncio.sleep(0.05)
    assert not settling.done()
    for number in range(12, 20):
        socket.write(burst(number, size=1_000_000))
        await asyncio.sleep(0.01)
    await client.receive_events("n", 12)
    socket.write(burst(20))
    await client.receive_events("n", 21)
    await settling
    socket.write(burst(21))
    await client.receive_events("n", 22)
    assert numbers_of(client) == list(range(22))


async def test_a_second_request_to_upgrade_changes_nothing(bare: BareServer, open_raw: OpenRaw) -> None:
    """python-engineio refuses it; frames must not go where it came from."""
    client = await open_raw(bare.url, "upgrade")
    socket = await join(bare, client)
    await socket.settle()
    with pytest.raises(Exception, match="400"):
        await client.new_websocket()
    socket.write(burst(0))
    await client.receive_events("n", 1)
    assert not socket.closed


async def test_a_failed_upgrade_leaves_the_client_polling(bare: BareServer, open_raw: OpenRaw) -> None:
    client = await open_raw(bare.url, "polling")
    socket = await join(bare, client)
    probe = await client.new_websocket()
    await probe.send_str("2probe")
    await probe.receive_str()
    await probe.close()
    assert not socket.closed
    socket.write(burst(0))
    await client.receive_events("n", 1)


async def test_an_answer_to_a_poll_has_no_more_packets_than_clients_take(bare: BareServer, open_raw: OpenRaw) -> None:
    client = await open_raw(bare.url, "polling")
    socket = await join(bare, client)
    socket.write(burst(*range(100)))
    while len(numbers_of(client)) < 100:
        assert len(await client.poll()) <= POLL_PACKETS
    assert numbers_of(client) == list(range(100))


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_the_backlog_grows_while_the_client_does_not_read_and_goes_when_it_does(
    bare: BareServer, open_raw: OpenRaw, transport: str
) -> None:
    client = await open_raw(bare.url, transport)
    socket = await join(bare, client)
    await socket.settle()
    assert not socket.is_full(Bound(100_000, 1000))
    numbers = iter(range(1_000))
    while not socket.is_full(Bound(100_000, 1000)):
        socket.write(burst(next(numbers), size=50_000))
    assert socket.backlog() > 100_000
    await client.receive_events("n", next(numbers))
    await until(lambda: not socket.backlog())
    assert not socket.is_full(Bound(100_000, 1000))


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_many_small_frames_are_a_backlog_too(bare: BareServer, open_raw: OpenRaw, transport: str) -> None:
    """As soon as there is more than 64 KiB of them on a websocket."""
    client = await open_raw(bare.url, transport)
    socket = await join(bare, client)
    await socket.settle()
    bound, numbers = Bound(1 << 30, 600), iter(range(10_000))
    # What the kernel takes does not count.
    while not socket.backlog():
        socket.write(burst(next(numbers), size=50_000))
        await asyncio.sleep(0.001)
    while not socket.is_full(bound):
        socket.write(burst(next(numbers), size=100))
    assert 600 * 100 < socket.backlog() < 64 * 1024 + 50_000 + 610 * 400
    # On long polling, more bytes would not be allowed either.
    assert transport != "polling" or socket.backlog() < 256 * 1024
    await client.receive_events("n", next(numbers))
    assert not socket.is_full(bound)


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_abort_frees_tasks_and_sockets_of_a_client_that_does_not_read(
    bare: BareServer, open_raw: OpenRaw, transport: str
) -> None:
    # The first session starts python-engineio's own task.
    await open_raw(bare.url, "polling")
    process = psutil.Process()
    tasks, descriptors = len(asyncio.all_tasks()), process.num_fds()
    client = await open_raw(bare.url, transport)
    socket = await join(bare, client)
    await socket.settle()
    socket.write(burst(*range(20), size=1_000_000))
    socket.abort()
    await client.hang_up()
    await until(lambda: client.session not in bare.server.eio.sockets)
    await until(lambda: len(asyncio.all_tasks()) <= tasks and process.num_fds() <= descriptors)
    assert bare.left == [client.session]
    assert socket.closed
    socket.write(burst(0))
    assert socket.backlog() < 1000


async def test_abort_answers_a_waiting_poll(bare: BareServer, open_raw: OpenRaw) -> None:
    client = await open_raw(bare.url, "polling")
    socket = await join(bare, client)
    await client.poll()
    waiting = asyncio.ensure_future(client.poll())
    await asyncio.sleep(0.05)
    socket.abort()
    async with asyncio.timeout(5):
        assert await waiting == ["1"]


@pytest.mark.parametrize("transport", ["websocket", "upgrade"])
async def test_close_sends_what_is_written_first(bare: BareServer, open_raw: OpenRaw, transport: str) -> None:
    client = await open_raw(bare.url, transport)
    socket = await join(bare, client)
    await socket.settle()
    socket.write(burst(*range(5), size=100_000))
    socket.close()
    await client.receive_events("n", 5)
    assert numbers_of(client) == [0, 1, 2, 3, 4]
    assert (await client.websocket.receive()).data == 1001
    await until(lambda: bare.left == [client.session])


async def test_close_answers_a_waiting_poll_with_what_is_written(bare: BareServer, open_raw: OpenRaw) -> None:
    client = await open_raw(bare.url, "polling")
    socket = await join(bare, client)
    await client.poll()
    waiting = asyncio.ensure_future(client.poll())
    await asyncio.sleep(0.05)
    socket.write(burst(*range(5), size=100_000))
    socket.close()
    async with asyncio.timeout(5):
        await waiting
    assert numbers_of(client) == [0, 1, 2, 3, 4]
    assert client.other[-1] == "1"
    assert bare.left == [client.session]


async def test_only_open_sessions_are_listed(bare: BareServer, open_raw: OpenRaw) -> None:
    polling, websocket = await open_raw(bare.url, "polling"), await open_raw(bare.url, "websocket")
    assert set(bare.engine.sessions()) == {polling.session, websocket.session}
    await polling.send("1")
    await websocket.websocket.close()
    await until(lambda: not bare.engine.sessions())


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_whose_client_sends_bytes_can_be_closed(bare: BareServer, open_raw: OpenRaw, transport: str) -> None:
    unreadable: list[str] = []
    bare.engine.close_unreadable(unreadable.append)
    client = await open_raw(bare.url, transport)
    await join(bare, client)
    # Base64, on either transport.
    await client.send("bAAAA")
    await until(lambda: unreadable == [client.session])


async def test_whose_client_sends_what_the_packet_class_cannot_read_can_be_closed(
    bare: BareServer, open_raw: OpenRaw
) -> None:
    class Plain(SocketIOPacket):  # type: ignore[misc]  # python-socketio has no types
        def decode(self, encoded_packet: str) -> int:
            if encoded_packet.startswith("5"):
                raise UnreadablePacket
            return int(super().decode(encoded_packet))

    unreadable: list[str] = []
    bare.server.packet_class = Plain
    bare.engine.close_unreadable(unreadable.append)
    client = await open_raw(bare.url, "websocket")
    await join(bare, client)
    await client.send('451-/tools,["n",{"_placeholder":true,"num":0}]')
    await until(lambda: unreadable == [client.session])


async def test_a_full_queue_drops_answers_but_never_the_end_mark() -> None:
    """It never waits: a waiting ``put`` would hold up python-engineio's reader, and with it the end of the client."""
    queue = BoundedQueue()
    answer = Packet(MESSAGE, data="x" * 100_000)
    async with asyncio.timeout(5):
        while not queue.overflowed:
            await queue.put(answer)
        full = queue.size
        await queue.put(answer)
        await queue.put(None)
    assert queue.size == full < 5 * 1024 * 1024
    taken = [await queue.get() for _ in range(queue.qsize())]
    assert taken[-1] is None
    assert queue.size == 0


async def test_empty_packets_fill_the_queue_too() -> None:
    queue = BoundedQueue()
    for _ in range(100_000):
        await queue.put(Packet(NOOP))
    assert queue.overflowed
    assert queue.qsize() < 20_000
