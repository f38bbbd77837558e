"""What each client is given of a stream: its slice, in order, each event once, and a gap for what is gone."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import pytest
from eventyard import AsyncServer, Event

from .board import SESSIONS, TYPES, Board

OpenRaw = Callable[..., Awaitable[Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]


def event(event_type: str, session: str = "s1", **data: Any) -> Event:
    return Event.create(event_type, source="/test", data=data, session=session)


class Reader:
    """A client that keeps what it is given as a careful client would.

    Attributes:
        start: The offset behind which it began.
        reached: The last offset that it knows to be covered.
        offsets: The offsets of the journaled events that it was given.
        gaps: What it was told to have missed: after, and where it goes on.
    """

    def __init__(self, open_raw: OpenRaw, url: str, auth: dict[str, Any]) -> None:
        self.auth = auth
        self.client: Any = None
        self.start = self.reached = 0
        self.offsets: list[int] = []
        self.gaps: list[tuple[int, int]] = []
        self._open = open_raw
        self._url = url
        self._epoch = ""
        self._taken = 0
        self._resumed = False

    async def connect(self) -> None:
        """Connect, again from where it stands; the first time from the earliest event."""
        resume: Any = {"epoch": self._epoch, "offset": self.reached} if self._epoch else "earliest"
        if self.client is not None:
            await self.client.hang_up()
        self.client, self._taken = await self._open(self._url, "websocket", "/board"), 0
        await self.client.join(self.auth | {"resume": resume})
        while not self.client.events("ready"):
            await self.client.receive()
        (ready,) = self.client.events("ready")
        if not self._epoch:
            self.start = self.reached = ready["from"]
        self._epoch = ready["epoch"]
        self._take()

    async def resume(self) -> None:
        """Start anew from where it stands, on the same connection."""
        self._resumed = True
        cursor = f'{{"epoch":"{self._epoch}","offset":{self.reached}}}'
        await self.client.send(f'42/board,1["resume",{cursor}]')

    async def read(self, packets: int) -> None:
        """Take up to so many packets, as far as there are any."""
        try:
            async with asyncio.timeout(0.05):
                for _ in range(packets):
                    await self.client.receive()
        except TimeoutError:
            pass
        self._take()

    async def read_until(self, expected: Iterable[int]) -> None:
        """Read until all ``expected`` offsets have come or were told as gone."""
        waiting = set(expected)
        async with asyncio.timeout(20):
            while waiting := {each for each in waiting if each not in self.offsets and not self._is_gone(each)}:
                await self.client.receive()
                self._take()

    def _is_gone(self, offset: int) -> bool:
        return any(after < offset < goes_on for after, goes_on in self.gaps)

    def _take(self) -> None:
        received = self.client.received
        for name, body in received[self._taken :]:
            if name == "events":
                # What it follows is what came before, or the client would have to ask for what lies between.
                assert body["previous"] <= self.reached
                self._add([int(each["sequence"]) for each in body["events"]])
                self.reached = max(self.reached, body["offset"])
            elif name == "gap":
                assert self._resumed or body["after"] >= self.reached
                self.gaps.append((body["after"], body["resume_at"]))
                self.reached = max(self.reached, body["resume_at"] - 1)
            elif "sequence" in body:
                self._add([int(body["sequence"])])
        self._taken = len(received)

    def _add(self, offsets: list[int]) -> None:
        for offset in offsets:
            if self._resumed and offset in self.offsets:
                continue
            assert offset > max(self.offsets, default=0), "out of order, or twice"
            self.offsets.append(offset)
            self.reached = max(self.reached, offset)


@pytest.mark.parametrize("seed", range(12))
async def test_every_client_is_given_its_slice_once_and_in_order(
    start_server: StartServer, open_raw: OpenRaw, seed: int
) -> None:
    """Whatever clients filter, however they read, fall behind, reconnect or resume; and the journal trims meanwhile."""
    chance = random.Random(seed)
    server = await start_server(
        {"board": Board()}, max_buffer_size=chance.choice((40, 1000)), delivery={"max_lag_bytes": 50_000}
    )
    views: list[dict[str, Any]] = [
        {"batch": batch, **filters}
        for batch in (False, True)
        for filters in (
            {},
            {"types": ["note", "signal"]},
            {"sessions": ["s1", "s2"]},
            {"types": ["memo"], "sessions": ["s3"]},
        )
    ]
    readers = [Reader(open_raw, server.url, view) for view in chance.sample(views, 4)]
    published: list[tuple[int, str, str]] = []

    async def publish() -> None:
        events = [
            event(chance.choice(TYPES), chance.choice(SESSIONS), text="x" * chance.choice((0, 20_000)))
            for _ in range(chance.randint(1, 40))
        ]
        outcomes = await server.publish(*events)
        published.extend(
            (outcome.offset, each.type, each.session or "")
            for outcome, each in zip(outcomes, events, strict=True)
            if outcome.offset
        )

    await publish()
    for reader in readers:
        await reader.connect()
    for _ in range(25):
        reader = chance.choice(readers)
        match chance.choice(("publish", "publish", "publish", "read", "read", "connect", "resume")):
            case "publish":
                await publish()
            case "read":
                await reader.read(chance.randint(1, 60))
            case "connect":
                await reader.connect()
            case "resume":
                await reader.resume()
    await publish()

    for reader in readers:
        view = reader.auth
        expected = [
            offset
            for offset, event_type, session in published
            if offset > reader.start
            and event_type in view.get("types", ("note", "memo"))
            and session in view.get("sessions", SESSIONS)
        ]
        await reader.read_until(expected)
        assert set(reader.offsets) <= set(expected)


async def test_what_is_always_sent_makes_no_gap_in_a_batch(start_server: StartServer, open_raw: OpenRaw) -> None:
    """It has no offset, so it says nothing of what lies before it."""
    server = await start_server({"board": Board()})
    reader = Reader(open_raw, server.url, {"batch": True, "types": ["note", "signal"]})
    await reader.connect()
    await server.publish(event("memo"), event("signal"))
    await reader.client.receive_events("signal", 1)
    await server.publish(event("note"))
    await reader.client.receive_events("events", 1)
    (batch,) = reader.client.events("events")
    assert (batch["previous"], batch["offset"]) == (0, 2)


async def test_entering_a_room_makes_no_gap_in_a_batch(start_server: StartServer, open_raw: OpenRaw) -> None:
    server = await start_server({"board": Board()})
    reader = Reader(open_raw, server.url, {"batch": True})
    await reader.connect()
    await server.publish(event("note", room="red"))
    await reader.client.send('42/board,["watch","red"]')
    await server.publish(event("note", room="blue"))
    while not reader.offsets:
        await server.publish(event("note", room="red"))
        await reader.read(10)
    assert 1 not in reader.offsets


async def test_a_client_that_caught_up_goes_on_where_its_last_message_ended(
    start_server: StartServer, open_raw: OpenRaw
) -> None:
    """Its messages follow each other also over the time in which it was behind."""
    server = await start_server({"board": Board()}, delivery={"max_lag_bytes": 2_000})
    reader = Reader(open_raw, server.url, {"batch": True})
    await reader.connect()
    for _ in range(100):
        await server.publish(event("note", text="x" * 100_000))
    await reader.read_until(range(1, 101))
    batches = reader.client.events("events")
    assert [batch["previous"] for batch in batches] == [0] + [batch["offset"] for batch in batches[:-1]]


async def test_a_state_that_passes_a_client_which_is_behind_comes_when_it_has_caught_up(
    start_server: StartServer, open_raw: OpenRaw
) -> None:
    """The journal does not have it. The latest are kept for it, and it is told of those there was no room for."""
    server = await start_server({"board": Board()}, delivery={"max_lag_bytes": 2_000})
    reader = Reader(open_raw, server.url, {})
    await reader.connect()
    for _ in range(100):
        await server.publish(event("note", text="x" * 100_000))
    await server.publish(*(event("signal", number=number) for number in range(150)))
    await reader.client.receive_events("signal", 100)
    assert [body["data"]["number"] for body in reader.client.events("signal")] == list(range(50, 150))
    (gap,) = reader.client.events("gap")
    assert (gap["reason"], gap["count"]) == ("slow_consumer", 50)
    assert gap["resume_at"] == gap["after"] + 1
