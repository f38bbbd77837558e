"""Subscribers whose connection breaks, and whose server goes away, comes back, or is another."""

import asyncio
import logging
import shutil
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from eventyard.client import Cursor, Gap, Lost, Message, Ready, Received, Refused, Subscriber, Unreachable

MakeYard = Callable[..., Awaitable[Any]]
OpenWire = Callable[[Any], Awaitable[Any]]


async def texts(subscriber: Subscriber, count: int) -> list[str]:
    """The texts of the next events."""
    async with asyncio.timeout(20):
        return [(await anext(subscriber)).data["text"] for _ in range(count)]


async def told(subscriber: Subscriber, until: str) -> list[str]:
    """What is told, in short, up to ``until``."""
    short: list[str] = []
    async with asyncio.timeout(20):
        while until not in short:
            short.append(shortened(await subscriber.next_message()))
    return short


def shortened(message: Message) -> str:
    match message:
        case Received():
            return str(message.data["text"])
        case Gap():
            return f"gap {message.reason} {message.count}"
        case Lost():
            return "lost"
        case Ready():
            return f"ready {message.reason}"


async def test_what_happened_while_the_connection_was_lost_comes_once_and_in_order(
    yard: Any, open_wire: OpenWire
) -> None:
    wire = await open_wire(yard)
    async with Subscriber(wire.url, "/notes") as events:
        await yard.note(1)
        assert await told(events, "1") == ["ready new", "1"]
        wire.open = False
        wire.cut()
        assert await told(events, "lost") == ["lost"]
        await yard.note(2, 3)
        wire.open = True
        assert await told(events, "3") == ["ready ok", "2", "3"]
        await yard.note(4)
        assert await told(events, "4") == ["4"]


@pytest.mark.parametrize("window", [None, 7])
async def test_no_event_is_lost_or_doubled_however_often_the_connection_breaks(
    yard: Any, open_wire: OpenWire, window: int | None
) -> None:
    wire = await open_wire(yard)

    async def disturb() -> None:
        for number in range(300):
            await yard.note(number, session="mine" if number % 3 == 0 else "other")
            if number % 60 == 30:
                wire.cut()
            await asyncio.sleep(0.002)

    gaps: list[Gap] = []
    async with (
        Subscriber(wire.url, "/notes", window=window, on_gap=gaps.append) as every,
        Subscriber(wire.url, "/notes", sessions=["mine"], window=window, on_gap=gaps.append) as mine,
        asyncio.TaskGroup() as tasks,
    ):
        tasks.create_task(disturb())
        seen = await asyncio.gather(texts(every, 300), texts(mine, 100))
    assert seen[0] == [str(number) for number in range(300)]
    assert seen[1] == [str(number) for number in range(0, 300, 3)]
    assert wire.connections > 4
    assert gaps == []


async def test_a_server_that_is_started_again_is_found_again(yard: Any) -> None:
    async with Subscriber(yard.url, "/notes", "/memos") as events:
        for number in range(3):
            await yard.note(number)
            await yard.note(number, type="memo")
            assert await texts(events, 2) == [str(number)] * 2
            await yard.stop()
            await yard.start()


async def test_a_server_that_is_away_at_the_start_is_waited_for(
    make_yard: MakeYard, caplog: pytest.LogCaptureFixture
) -> None:
    yard = await make_yard(start=False)

    async def start() -> None:
        while not caplog.records:
            await asyncio.sleep(0.01)
        await yard.start()
        await yard.note("a")

    starting = asyncio.create_task(start())
    async with Subscriber(yard.url, "/notes") as events:
        assert await texts(events, 1) == ["a"]
    await starting
    first = caplog.records[0]
    assert (first.levelno, first.message) == (
        logging.WARNING,
        f"no server answers at {yard.url}: Connection refused; waiting for it",
    )


async def test_a_server_that_is_away_for_longer_than_the_patience_is_told(make_yard: MakeYard) -> None:
    yard = await make_yard(start=False)
    with pytest.raises(Unreachable, match=f"^no server answers at {yard.url}: Connection refused$"):
        async with Subscriber(yard.url, "/notes", patience=0):
            pass
    await yard.start()
    await yard.note(1, 2)
    async with Subscriber(yard.url, "/notes", resume="earliest", patience=0) as events:
        assert await texts(events, 1) == ["1"]
        await yard.stop()
        assert await texts(events, 1) == ["2"]
        for _ in range(2):
            with pytest.raises(Unreachable, match=f"^no server answers at {yard.url}: Connection refused$"):
                await anext(events)


async def test_a_server_that_answers_nothing_is_none() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        subscriber = Subscriber(f"http://127.0.0.1:{silent.getsockname()[1]}", "/notes")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1), subscriber:
                pass


async def test_what_the_server_no_longer_has_is_a_gap(make_yard: MakeYard, open_wire: OpenWire) -> None:
    yard = await make_yard(max_buffer_size=5)
    wire = await open_wire(yard)
    async with Subscriber(wire.url, "/notes") as events:
        await yard.note("first")
        await told(events, "first")
        wire.open = False
        wire.cut()
        await told(events, "lost")
        await yard.note(*range(8))
        wire.open = True
        assert await told(events, "7") == ["ready trimmed", "gap trimmed 3", "3", "4", "5", "6", "7"]


async def test_a_server_with_another_store_is_a_gap(yard: Any) -> None:
    """In each namespace, also in one of which nothing was read."""
    async with Subscriber(yard.url, "/notes", "/memos") as events:
        await yard.note("a", "b")
        assert (await told(events, "b"))[-2:] == ["a", "b"]
        await yard.stop()
        shutil.rmtree(yard.data_dir)
        await yard.start()
        await yard.note("c")
        await yard.note("m", type="memo")
        seen: list[tuple[str, str]] = []
        async with asyncio.timeout(20):
            while not {("/notes", "c"), ("/memos", "m")} <= set(seen):
                message = await events.next_message()
                seen.append((getattr(message, "namespace", ""), shortened(message)))
        epoch = events.ready["/notes"].epoch
    assert seen[0] == ("", "lost")
    for namespace, text in (("/notes", "c"), ("/memos", "m")):
        assert [short for name, short in seen if name == namespace] == [
            "ready epoch_changed",
            "gap epoch_changed None",
            text,
        ]
    assert events.cursors == {"/notes": Cursor(epoch, 1), "/memos": Cursor(epoch, 1)}


async def test_a_store_that_was_put_back_is_a_gap(yard: Any) -> None:
    """Its offsets begin again where it was, and none of the new events is taken for one that was seen."""
    await yard.note("a")
    await yard.stop()
    copy = yard.data_dir.with_name("copy")
    shutil.copytree(yard.data_dir, copy)
    await yard.start()
    async with Subscriber(yard.url, "/notes") as events:
        await yard.note("b", "c")
        await told(events, "c")
        await yard.stop()
        shutil.rmtree(yard.data_dir)
        copy.rename(yard.data_dir)
        await yard.start()
        await yard.note("d")
        assert await told(events, "d") == ["lost", "ready ahead", "gap epoch_changed None", "a", "d"]


async def test_events_that_the_server_leaves_out_are_asked_for_on_the_same_connection(
    yard: Any, open_wire: OpenWire, caplog: pytest.LogCaptureFixture
) -> None:
    wire = await open_wire(yard)
    async with Subscriber(wire.url, "/notes") as events:
        await yard.note(1)
        assert await texts(events, 1) == ["1"]
        wire.losing = lambda data: b'"events"' in data
        await yard.note(2)
        await yard.note(3)
        await yard.until_sent("/notes", 3)
        await asyncio.sleep(0)
        wire.losing = lambda _: False
        await yard.note(4)
        assert await texts(events, 3) == ["2", "3", "4"]
        await yard.note(5)
        assert await texts(events, 1) == ["5"]
    assert wire.connections == 1
    assert [each.message for each in caplog.records if each.name.startswith("eventyard.client")] == [
        "the server left out events of /notes; it is asked for them"
    ]


async def test_a_connection_that_is_gone_without_a_word_is_noticed(yard: Any, open_wire: OpenWire) -> None:
    """The server pings in time, and says how long it takes at most."""
    wire = await open_wire(yard)
    async with Subscriber(wire.url, "/notes") as events:
        await told(events, "ready new")
        events._follower._connection._silence = 0.05  # type: ignore[union-attr]  # 45 s would be long for a test
        await yard.note(1)
        assert await told(events, "lost") == ["1", "lost"]
        await yard.note(2)
        assert await told(events, "2") == ["ready ok", "2"]


async def test_a_wrong_token_is_told_at_the_start(make_yard: MakeYard) -> None:
    yard = await make_yard(token="secret")
    with pytest.raises(Refused, match=f"the server at {yard.url} refuses /notes: auth.token is missing or wrong"):
        async with Subscriber(yard.url, "/notes", token="wrong"):
            pass
    async with Subscriber(yard.url, "/notes", token="secret") as events:
        await yard.note("a")
        assert await texts(events, 1) == ["a"]


async def test_a_token_that_is_wrong_after_a_restart_ends_the_iteration(yard: Any) -> None:
    await yard.note("a", "b")
    async with Subscriber(yard.url, "/notes", resume="earliest") as events:
        assert await texts(events, 1) == ["a"]
        await yard.stop()
        await yard.start(token="new")
        refused = yard.server.metrics.refused.labels("unauthorized")
        async with asyncio.timeout(20):
            while not refused._value.get():
                await asyncio.sleep(0.01)
        # What was received before is given before.
        assert await texts(events, 1) == ["b"]
        with pytest.raises(Refused, match=r"auth\.token is missing or wrong"):
            await anext(events)


async def test_a_server_that_is_full_is_tried_again(make_yard: MakeYard) -> None:
    yard = await make_yard(max_clients=1)
    async with Subscriber(yard.url, "/notes"):
        with pytest.raises(Unreachable, match=f"the server at {yard.url} cannot take us now: 503"):
            async with Subscriber(yard.url, "/notes", patience=0):
                pass
        waiting = asyncio.create_task(joined(yard.url))
    await asyncio.wait_for(waiting, 20)


async def joined(url: str) -> None:
    async with Subscriber(url, "/notes"):
        pass


async def test_what_is_no_eventyard_server_is_told() -> None:
    async def greet(request: web.Request) -> web.WebSocketResponse:
        websocket = web.WebSocketResponse()
        await websocket.prepare(request)
        await websocket.send_str("hello")
        return websocket

    stranger = web.Application()
    async with TestServer(stranger) as server:
        url = str(server.make_url("")).rstrip("/")
        with pytest.raises(Refused, match=f"what answers at {url} opens no websocket for us: 404"):
            async with Subscriber(url, "/notes"):
                pass
    stranger = web.Application()
    stranger.router.add_get("/socket.io/", greet)
    async with TestServer(stranger) as server:
        url = str(server.make_url("")).rstrip("/")
        with pytest.raises(Refused, match=f"what answers at {url} is no Eventyard server"):
            async with Subscriber(url, "/notes"):
                pass


async def test_a_protocol_of_another_version_is_told() -> None:
    async def greet(request: web.Request) -> web.WebSocketResponse:
        websocket = web.WebSocketResponse()
        await websocket.prepare(request)
        await websocket.send_str('0{"sid":"x","pingInterval":25000,"pingTimeout":20000}')
        await websocket.receive()
        await websocket.send_str('42/notes,["ready",{"version":2}]')
        await websocket.receive()
        return websocket

    newer = web.Application()
    newer.router.add_get("/socket.io/", greet)
    async with TestServer(newer) as server:
        with pytest.raises(Refused, match="speaks version 2 of the live protocol, and this client 1"):
            async with Subscriber(str(server.make_url("")), "/notes"):
                pass


async def test_a_ping_is_answered() -> None:
    answers: list[str] = []

    async def greet(request: web.Request) -> web.WebSocketResponse:
        websocket = web.WebSocketResponse()
        await websocket.prepare(request)
        await websocket.send_str('0{"sid":"x","pingInterval":25000,"pingTimeout":20000}')
        await websocket.receive()
        await websocket.send_str("2")
        answers.append(await websocket.receive_str())
        await websocket.send_str('44/notes,{"message":"no"}')
        return websocket

    app = web.Application()
    app.router.add_get("/socket.io/", greet)
    async with TestServer(app) as server:
        with pytest.raises(Refused):
            async with Subscriber(str(server.make_url("")), "/notes"):
                pass
    assert answers == ["3"]


async def test_a_server_that_drains_is_left_alone_for_as_long_as_it_wants() -> None:
    times: list[float] = []

    async def greet(request: web.Request) -> web.WebSocketResponse:
        times.append(asyncio.get_running_loop().time())
        websocket = web.WebSocketResponse()
        await websocket.prepare(request)
        await websocket.send_str('0{"sid":"x","pingInterval":25000,"pingTimeout":20000}')
        await websocket.receive()
        if len(times) > 1:
            await websocket.send_str('44/notes,"no"')
        else:
            await websocket.send_str('42/notes,["drain",{"retry_after_ms":500}]')
            times.append(asyncio.get_running_loop().time())
        return websocket

    app = web.Application()
    app.router.add_get("/socket.io/", greet)
    async with TestServer(app) as server:
        with pytest.raises(Refused, match="refuses /notes: no"):
            async with Subscriber(str(server.make_url("")), "/notes"):
                pass
    _, drained, again = times
    assert again - drained > 0.5
