"""How much one client is given of what it missed, and how many clients at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from eventyard import AsyncServer
from eventyard.journal import Page

MakeEvent = Callable[..., dict[str, Any]]
Connect = Callable[..., Awaitable[Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]


async def has(client: Any, last: int) -> list[int]:
    """Wait until a client has the event at the offset ``last``."""
    async with asyncio.timeout(5):
        while last not in client.offsets():
            await asyncio.sleep(0.01)
    given: list[int] = client.offsets()
    return given


async def epoch_of(server: AsyncServer) -> str:
    async with aiohttp.ClientSession(server.url) as http, http.get("/v1/streams") as response:
        epoch: str = (await response.json())["epoch"]
        return epoch


@pytest.mark.parametrize("batch", [False, True])
async def test_who_missed_more_than_the_limit_is_given_the_newest_and_told_of_the_rest(
    start_server: StartServer, connect: Connect, make_event: MakeEvent, *, batch: bool
) -> None:
    """And the rest can be read as history."""
    server = await start_server(delivery={"replay_events": 10})
    await server.publish(*(make_event() for _ in range(30)))
    epoch = await epoch_of(server)
    client = await connect(server, "/tools", auth={"resume": {"epoch": epoch, "offset": 5}, "batch": batch})
    assert await has(client, 30) == list(range(21, 31))
    ready = client.named("ready")[0]
    assert (ready["recovered"], ready["reason"], ready["from"]) == (False, "limit", 5)
    (gap,) = client.named("gap")
    assert gap == {"epoch": epoch, "after": 5, "resume_at": 21, "reason": "limit", "count": 15}
    assert server.metrics.value("eventyard_gaps_total", reason="limit") == 1
    if batch:
        assert client.named("events")[0]["previous"] == 20
    await server.publish(make_event())
    assert await has(client, 31) == list(range(21, 32))

    url = f"{server.url}/v1/streams/tools/events?epoch={epoch}&after={gap['after']}&limit={gap['count']}"
    async with aiohttp.ClientSession() as http, http.get(url) as response:
        history = await response.json()
    assert [int(event["sequence"]) for event in history["events"]] == list(range(6, 21))


async def test_who_missed_just_the_limit_is_given_all(
    start_server: StartServer, connect: Connect, make_event: MakeEvent
) -> None:
    server = await start_server(delivery={"replay_events": 10})
    await server.publish(*(make_event() for _ in range(30)))
    cursor = {"epoch": await epoch_of(server), "offset": 20}
    client = await connect(server, "/tools", auth={"resume": cursor})
    assert await has(client, 30) == list(range(21, 31))
    assert (client.named("ready")[0]["reason"], client.named("gap")) == ("ok", [])


async def test_bytes_are_a_limit_too(start_server: StartServer, connect: Connect, make_event: MakeEvent) -> None:
    server = await start_server(delivery={"replay_bytes": 10_000})
    await server.publish(*(make_event(data={"tool": "Bash", "description": "x" * 2000}) for _ in range(10)))
    client = await connect(server, "/tools", auth={"resume": "earliest"})
    assert await has(client, 10) == [7, 8, 9, 10]
    assert client.named("gap")[0]["resume_at"] == 7


@pytest.mark.parametrize("resume", ["earliest", None])
async def test_the_limit_holds_for_who_has_no_cursor(
    start_server: StartServer, connect: Connect, make_event: MakeEvent, resume: str | None
) -> None:
    server = await start_server(delivery={"replay_events": 2})
    await server.publish(*(make_event() for _ in range(5)))
    client = await connect(server, "/tools", auth={"resume": resume})
    assert await has(client, 5) == [4, 5]
    ready, gap = client.named("ready")[0], client.named("gap")[0]
    assert (ready["recovered"], ready["reason"], ready["from"]) == (False, "limit", 0)
    assert (gap["after"], gap["resume_at"], gap["reason"]) == (0, 4, "limit")


async def test_only_what_is_for_a_client_counts(
    start_server: StartServer, connect: Connect, make_event: MakeEvent
) -> None:
    server = await start_server(delivery={"replay_events": 3})
    stop = "tool_stop"
    await server.publish(*(make_event(stop, session="s1") for _ in range(2)), *(make_event() for _ in range(9)))
    await server.publish(make_event(stop, session="s2"), make_event(stop, session="s1"))
    client = await connect(server, "/tools", auth={"resume": "earliest", "types": [stop], "sessions": ["s1"]})
    assert await has(client, 13) == [1, 2, 13]
    assert client.named("gap") == []
    client = await connect(server, "/tools", auth={"resume": "earliest", "types": [stop]})
    assert await has(client, 13) == [2, 12, 13]
    (gap,) = client.named("gap")
    assert (gap["reason"], gap["after"], gap["resume_at"], gap["count"]) == ("limit", 0, 2, 1)


async def test_what_was_trimmed_and_what_is_over_the_limit_is_one_gap(
    start_server: StartServer, connect: Connect, make_event: MakeEvent
) -> None:
    server = await start_server(delivery={"replay_events": 3}, retention={"tool_start": {"events": 2}})
    await server.publish(*(make_event() for _ in range(5)))
    await server.publish(make_event("tool_stop"), make_event(), make_event("tool_stop"), make_event())
    # Kept are 6, 7, 8 and 9.
    client = await connect(server, "/tools", auth={"resume": {"epoch": await epoch_of(server), "offset": 1}})
    assert await has(client, 9) == [7, 8, 9]
    (gap,) = client.named("gap")
    assert (gap["reason"], gap["after"], gap["resume_at"], gap["count"]) == ("limit", 1, 7, 5)


async def test_a_hole_right_behind_the_limit_belongs_to_its_gap(
    start_server: StartServer, connect: Connect, make_event: MakeEvent
) -> None:
    server = await start_server(delivery={"replay_events": 2}, retention={"tool_start": {"events": 1}})
    await server.publish(make_event("tool_stop"), *(make_event() for _ in range(5)), make_event("tool_stop"))
    # Kept are 1, 6 and 7.
    client = await connect(server, "/tools", auth={"resume": "earliest"})
    assert await has(client, 7) == [6, 7]
    (gap,) = client.named("gap")
    assert (gap["after"], gap["resume_at"]) == (0, 6)


async def test_a_cursor_of_another_store_is_one_gap_also_over_the_limit(
    start_server: StartServer, connect: Connect, make_event: MakeEvent
) -> None:
    server = await start_server(delivery={"replay_events": 2})
    await server.publish(*(make_event() for _ in range(5)))
    client = await connect(server, "/tools", auth={"resume": {"epoch": "another", "offset": 3}})
    assert await has(client, 5) == [4, 5]
    ready, (gap,) = client.named("ready")[0], client.named("gap")
    assert (ready["reason"], ready["from"]) == ("epoch_changed", 3)
    assert (gap["reason"], gap["resume_at"], gap["count"]) == ("epoch_changed", 4, None)


async def test_the_limit_holds_for_resume_without_reconnecting(
    start_server: StartServer, connect: Connect, make_event: MakeEvent
) -> None:
    server = await start_server(delivery={"replay_events": 2})
    client = await connect(server, "/tools", auth={"resume": "latest"})
    await server.publish(*(make_event() for _ in range(5)))
    assert await has(client, 5) == [1, 2, 3, 4, 5]
    client.received[1:] = []
    answer = await client.call("resume", {"epoch": client.named("ready")[0]["epoch"], "offset": 0})
    assert answer == {"ok": True, "from": 0, "recovered": False, "reason": "limit"}
    assert await has(client, 5) == [4, 5]
    assert client.named("gap")[0]["resume_at"] == 4


async def test_a_client_that_was_live_is_given_all_that_it_fell_behind(
    start_server: StartServer, connect: Connect, make_event: MakeEvent
) -> None:
    """It cannot help it, and was promised so by ``ready``."""
    server = await start_server(delivery={"replay_events": 2})
    client = await connect(server, "/tools", auth={"window": 1})
    await server.publish(*(make_event() for _ in range(9)))
    for offset in range(1, 9):
        await has(client, offset)
        await client.call("ack", {"epoch": client.named("ready")[0]["epoch"], "offset": offset})
    assert await has(client, 9) == list(range(1, 10))
    assert client.named("gap") == []


class Reads:
    """Looks on at a journal while it is read.

    Attributes:
        number: How many pages were read.
        at_once: How many at the same time, at most.
        go_on: What every read waits for.
    """

    def __init__(self, server: AsyncServer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.number = self.at_once = 0
        self.go_on = asyncio.Event()
        self.go_on.set()
        self._under_way = 0
        self._read = server._parts.journal.read
        monkeypatch.setattr(server._parts.journal, "read", self)

    async def __call__(self, *arguments: Any, **named: Any) -> Page:
        self.number += 1
        self._under_way += 1
        self.at_once = max(self.at_once, self._under_way)
        await self.go_on.wait()
        try:
            return await self._read(*arguments, **named)
        finally:
            self._under_way -= 1


async def test_only_so_many_clients_are_given_pages_at_the_same_time(
    start_server: StartServer, connect: Connect, make_event: MakeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All others wait, and get everything too."""
    server = await start_server(delivery={"max_replays": 3})
    await server.publish(*(make_event() for _ in range(40)))
    reads, epoch = Reads(server, monkeypatch), await epoch_of(server)
    reads.go_on.clear()
    clients = await asyncio.gather(
        *(connect(server, "/tools", auth={"resume": {"epoch": epoch, "offset": offset}}) for offset in range(20))
    )
    async with asyncio.timeout(5):
        while reads.number < 3:
            await asyncio.sleep(0.01)
    reads.go_on.set()
    for offset, client in enumerate(clients):
        assert await has(client, 40) == list(range(offset + 1, 41))
    assert (reads.at_once, reads.number) == (3, 20)


async def test_clients_that_missed_the_same_share_what_is_read(
    start_server: StartServer, connect: Connect, make_event: MakeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await start_server(delivery={"max_replays": 3})
    await server.publish(*(make_event() for _ in range(1000)))
    reads = Reads(server, monkeypatch)
    reads.go_on.clear()
    views = [{}, {}, {}, {"batch": True}, {"batch": True}, {"batch": True}]
    clients = await asyncio.gather(*(connect(server, "/tools", auth=view | {"resume": "earliest"}) for view in views))
    reads.go_on.set()
    for client in clients:
        assert await has(client, 1000) == list(range(1, 1001))
    assert reads.number < 2 * len(clients)


async def test_clients_with_other_filters_share_nothing(
    start_server: StartServer, connect: Connect, make_event: MakeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await start_server()
    await server.publish(*(make_event(name, session=s) for s in "ab" for name in ("tool_start", "tool_stop")))
    reads = Reads(server, monkeypatch)
    reads.go_on.clear()
    expected: list[tuple[dict[str, Any], list[int]]] = [
        ({"types": ["tool_stop"]}, [2, 4]),
        ({}, [1, 2, 3, 4]),
        ({"sessions": ["a"]}, [1, 2]),
        ({"types": ["tool_stop"], "sessions": ["b"]}, [4]),
        ({"types": ["tool_start"]}, [1, 3]),
    ]
    clients = await asyncio.gather(
        *(connect(server, "/tools", auth=view | {"resume": "earliest"}) for view, _ in expected)
    )
    reads.go_on.set()
    for client, (_, all_of_them) in zip(clients, expected, strict=True):
        assert await has(client, all_of_them[-1]) == all_of_them


async def test_a_page_that_was_asked_for_is_not_missed_by_others_when_its_reader_leaves(
    start_server: StartServer, connect: Connect, make_event: MakeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await start_server()
    await server.publish(*(make_event() for _ in range(10)))
    reads = Reads(server, monkeypatch)
    reads.go_on.clear()
    first = await connect(server, "/tools", auth={"resume": "earliest"})
    second = await connect(server, "/tools", auth={"resume": "earliest"})
    await first.close()
    reads.go_on.set()
    assert await has(second, 10) == list(range(1, 11))
