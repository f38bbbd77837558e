"""Clients that bound what they are sent by acknowledging it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
import socketio
from eventyard import AsyncServer

from tests.delivery.board import Board

MakeEvent = Callable[..., dict[str, Any]]
Connect = Callable[..., Awaitable[Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]


async def has(client: Any, number: int) -> list[int]:
    """Wait until a client has so many events; and let come what should not."""
    async with asyncio.timeout(5):
        while len(client.offsets()) < number:
            await asyncio.sleep(0.01)
    # An answer is behind all that was sent before it.
    await client.call("get_state")
    given: list[int] = client.offsets()
    return given


async def acknowledge(client: Any, offset: int) -> Any:
    epoch = client.named("ready")[0]["epoch"]
    return await client.call("ack", {"epoch": epoch, "offset": offset})


async def window_of(server: AsyncServer, namespace: str = "/tools") -> Any:
    async with aiohttp.ClientSession(server.url) as http, http.get("/connections") as response:
        (connection,) = (await response.json())["connections"]
        return connection["namespaces"][namespace]["window"]


@pytest.mark.parametrize("auth", [{}, {"batch": True}], ids=str)
async def test_a_client_is_sent_no_more_than_its_window_beyond_what_it_acknowledged(
    server: AsyncServer, connect: Connect, make_event: MakeEvent, auth: dict[str, Any]
) -> None:
    """Of what was there before as of what comes."""
    await server.publish(*(make_event() for _ in range(8)))
    client = await connect(server, "/tools", auth=auth | {"resume": "earliest", "window": 5})
    assert await has(client, 5) == [1, 2, 3, 4, 5]
    assert await acknowledge(client, 4) == {"ok": True}
    assert await has(client, 8) == list(range(1, 9))
    await server.publish(make_event())
    assert await has(client, 9) == list(range(1, 10))
    await server.publish(make_event(), make_event())
    assert await has(client, 9) == list(range(1, 10))
    assert await window_of(server) == {"size": 5, "unacknowledged": 5}
    await acknowledge(client, 9)
    assert await has(client, 11) == list(range(1, 12))
    assert await window_of(server) == {"size": 5, "unacknowledged": 2}
    assert client.named("gap") == []


async def test_batches_follow_each_other_over_a_full_window(
    server: AsyncServer, connect: Connect, make_event: MakeEvent
) -> None:
    client = await connect(server, "/tools", auth={"batch": True, "window": 3})
    for _ in range(4):
        await server.publish(make_event(), make_event())
    for reached in (2, 5, 8):
        await has(client, reached)
        await acknowledge(client, client.offsets()[-1])
    await has(client, 8)
    batches = client.named("events")
    assert [batch["previous"] for batch in batches] == [0] + [batch["offset"] for batch in batches[:-1]]


async def test_only_events_that_a_client_is_sent_count(
    server: AsyncServer, connect: Connect, make_event: MakeEvent
) -> None:
    client = await connect(server, "/tools", auth={"types": ["tool_stop"], "window": 2})
    await server.publish(*(make_event() for _ in range(10)), make_event("tool_stop"), make_event("tool_stop"))
    await server.publish(*(make_event() for _ in range(10)), make_event("tool_stop"))
    assert await has(client, 2) == [11, 12]
    await acknowledge(client, 11)
    assert await has(client, 3) == [11, 12, 23]


async def test_what_has_no_offset_does_not_count_and_does_not_wait(start_server: StartServer, connect: Connect) -> None:
    server = await start_server({"board": Board()})

    def events(name: str, *numbers: int) -> list[dict[str, Any]]:
        return [{"type": name, "source": "/test", "id": f"{name}{n}", "data": {"n": n}} for n in numbers]

    client = await connect(server, "/board", auth={"window": 2})
    await server.publish(*events("signal", 1, 2, 3), *events("note", 1, 2, 3), *events("signal", 4, 5))
    await client.wait("signal", 5)
    assert await has(client, 2) == [1, 2]
    await server.publish(*events("signal", 6))
    assert [event["data"]["n"] for event in await client.wait("signal", 6)] == [1, 2, 3, 4, 5, 6]
    await acknowledge(client, 2)
    assert await has(client, 3) == [1, 2, 3]


async def test_the_others_get_their_events_meanwhile(
    server: AsyncServer, connect: Connect, make_event: MakeEvent
) -> None:
    windowed = await connect(server, "/tools", auth={"window": 1})
    other = await connect(server, "/tools")
    for _ in range(10):
        await server.publish(make_event())
    assert await has(other, 10) == list(range(1, 11))
    assert await has(windowed, 1) == [1]


@pytest.mark.parametrize("reconnects", [True, False])
async def test_a_window_is_empty_for_a_client_that_starts_anew(
    server: AsyncServer, connect: Connect, make_event: MakeEvent, *, reconnects: bool
) -> None:
    """Its cursor says what it has."""
    client = await connect(server, "/tools", auth={"window": 3})
    await server.publish(*(make_event() for _ in range(9)))
    await has(client, 3)
    await acknowledge(client, 2)
    await has(client, 5)
    cursor = {"epoch": client.named("ready")[0]["epoch"], "offset": 1}
    if reconnects:
        await client.close()
        client = await connect(server, "/tools", auth={"window": 3, "resume": cursor})
    else:
        client.received[1:] = []
        await client.call("resume", cursor)
    assert await has(client, 3) == [2, 3, 4]
    await acknowledge(client, 4)
    assert await has(client, 6) == [2, 3, 4, 5, 6, 7]


async def test_an_ack_that_cannot_be_is_an_error_and_changes_nothing(
    server: AsyncServer, connect: Connect, make_event: MakeEvent
) -> None:
    client = await connect(server, "/tools", auth={"window": 2})
    await server.publish(*(make_event() for _ in range(5)))
    await has(client, 2)
    epoch = client.named("ready")[0]["epoch"]
    assert await client.call("ack", {"epoch": "another", "offset": 2}) == {
        "ok": False,
        "error": f"ack has the epoch 'another', expected '{epoch}'",
    }
    assert await client.call("ack", {"epoch": epoch, "offset": 3}) == {
        "ok": False,
        "error": "ack has the offset 3, expected at most 2: no more was sent",
    }
    assert await has(client, 2) == [1, 2]


async def test_an_ack_behind_an_earlier_one_changes_nothing(
    server: AsyncServer, connect: Connect, make_event: MakeEvent
) -> None:
    client = await connect(server, "/tools", auth={"window": 2})
    await server.publish(*(make_event() for _ in range(9)))
    await has(client, 2)
    await acknowledge(client, 2)
    await has(client, 4)
    for _ in range(3):
        assert await acknowledge(client, 1) == {"ok": True}
    assert await has(client, 4) == [1, 2, 3, 4]


async def test_a_client_that_never_acknowledges_is_closed_with_a_reason(
    start_server: StartServer, connect: Connect, make_event: MakeEvent
) -> None:
    server = await start_server(delivery={"stall_timeout": 1.2})
    watcher = await connect(server, "/system")
    client = await connect(server, "/tools", auth={"window": 2})
    await server.publish(*(make_event() for _ in range(3)))
    async with asyncio.timeout(5):
        await client.socket.wait()

    def told() -> list[tuple[str, str | None]]:
        data = [event["data"] for event in watcher.named("connection_status")]
        return [(each["state"], each.get("reason")) for each in data if each["namespace"] == "/tools"]

    async with asyncio.timeout(5):
        while told()[-1][0] != "closed":
            await asyncio.sleep(0.01)
    assert told()[3:] == [("live", None), ("lagging", "unacknowledged"), ("closed", "unacknowledged")]
    assert len(client.offsets()) == 2


async def test_what_does_not_count_does_not_keep_a_client_that_never_acknowledges(
    start_server: StartServer, connect: Connect
) -> None:
    server = await start_server({"board": Board()}, delivery={"stall_timeout": 0.4})
    client = await connect(server, "/board", auth={"window": 1})
    await server.publish(*({"type": "note", "source": "/test", "id": f"n{n}", "data": {}} for n in range(2)))
    async with asyncio.timeout(5):
        while client.socket.connected:
            await server.publish({"type": "signal", "source": "/test", "data": {}})
            await asyncio.sleep(0.05)
    assert client.offsets() == [1]


async def test_a_full_window_that_nothing_waits_for_closes_nobody(
    start_server: StartServer, connect: Connect, make_event: MakeEvent
) -> None:
    server = await start_server(delivery={"stall_timeout": 0.1})
    client = await connect(server, "/tools", auth={"window": 2})
    await server.publish(make_event(), make_event())
    await has(client, 2)
    await asyncio.sleep(0.5)
    await acknowledge(client, 2)
    await server.publish(make_event())
    assert await has(client, 3) == [1, 2, 3]


async def test_a_client_that_acknowledges_slowly_is_not_closed(
    start_server: StartServer, connect: Connect, make_event: MakeEvent
) -> None:
    """Each acknowledgement gives it another stall timeout."""
    server = await start_server(delivery={"stall_timeout": 1.0})
    client = await connect(server, "/tools", auth={"window": 1})
    await server.publish(*(make_event() for _ in range(6)))
    for number in range(1, 6):
        assert await has(client, number) == list(range(1, number + 1))
        await asyncio.sleep(0.25)
        await acknowledge(client, number)
    assert len(await has(client, 6)) == 6


@pytest.mark.parametrize(
    ("window", "shown"),
    [(0, "0"), (-1, "-1"), (1_000_001, "1000001"), (2.5, "2.5"), (True, "true"), ("64", '"64"'), ([64], "a list")],
    ids=repr,
)
async def test_a_window_that_is_no_number_of_events_is_refused(server: AsyncServer, window: Any, shown: str) -> None:
    client = socketio.AsyncClient(reconnection=False)
    refusals: list[Any] = []
    client.on("connect_error", refusals.append, namespace="/tools")
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect(server.url, namespaces=["/tools"], auth={"window": window})
    told = f"auth.window is {shown}, expected null or a whole number from 1 to 1000000"
    assert refusals[0]["message"].endswith(told)
    await client.disconnect()


async def test_no_window_is_no_bound(server: AsyncServer, connect: Connect, make_event: MakeEvent) -> None:
    client = await connect(server, "/tools", auth={"window": None})
    for _ in range(10):
        await server.publish(*(make_event() for _ in range(100)))
    assert len(await has(client, 1000)) == 1000
    assert await window_of(server) is None
