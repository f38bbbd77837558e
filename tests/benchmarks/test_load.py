"""The load generator finds what is wrong with a server."""

import json
import struct
from typing import Any

import pytest
from eventyard import AsyncServer

from benchmarks.load.arrivals import Arrivals
from benchmarks.load.audience import Audience, Listener
from benchmarks.load.events import EVENT_BYTES, ToolEvents
from benchmarks.load.frames import PING, FrameReader
from benchmarks.load.websocket import WebsocketClient


def frame(text: str) -> bytes:
    """A text frame as servers send it."""
    size = len(text)
    if size < 126:
        return struct.pack("!BB", 0x81, size) + text.encode()
    if size < 65536:
        return struct.pack("!BBH", 0x81, 126, size) + text.encode()
    return struct.pack("!BBQ", 0x81, 127, size) + text.encode()


def event(number: int, **members: Any) -> str:
    """A message with an event."""
    body = {"id": f"event-{number:010d}", "type": "tool_start", "sequence": f"{number + 1:020d}", **members}
    return f'42/tools,["tool_start",{json.dumps(body)}]'


@pytest.fixture
async def audience() -> Audience:
    """An audience of three clients that are not connected."""
    gathered = Audience()
    gathered.add(WebsocketClient(("127.0.0.1", 9), {"/tools": None}, None) for _ in range(3))
    return gathered


def tell(listener: Listener, *messages: str, cut: int = 7) -> None:
    """Send messages to a client, in pieces of ``cut`` bytes."""
    data = b"".join(map(frame, messages))
    for begin in range(0, len(data), cut):
        listener.read(data[begin : begin + cut])


async def test_all_is_well_when_each_client_got_each_event_once_and_in_order(audience: Audience) -> None:
    for index, listener in enumerate(audience.listeners):
        tell(listener, *(event(number) for number in range(20)), cut=50 + index)
    assert audience.problems([0] * 20) == []
    assert (audience.delivered, audience.slowest, audience.apart) == (60, 20, 0)


@pytest.mark.parametrize(
    ("numbers", "problem"),
    [
        ([0, 1, 2], "3 of 4 events"),
        ([0, 1, 1, 2, 3], "5 of 4 events"),
        ([0, 2, 1, 3], "another order"),
        ([0, 1, 2, 4], "another order"),
    ],
)
async def test_a_client_that_got_something_else_than_the_others_is_found(
    audience: Audience, numbers: list[int], problem: str
) -> None:
    *others, last = audience.listeners
    for listener in others:
        tell(listener, *(event(number) for number in range(4)))
    tell(last, *(event(number) for number in numbers))
    assert any(problem in each for each in audience.problems([0] * 4))


@pytest.mark.parametrize(
    ("numbers", "problem"),
    [([0, 1, 3], "1 are missing"), ([0, 1, 2, 2], "0 are missing"), ([0, 2, 1], "of the same connection")],
)
async def test_what_all_clients_got_wrong_is_found(audience: Audience, numbers: list[int], problem: str) -> None:
    for listener in audience.listeners:
        tell(listener, *(event(number, sequence=None) for number in numbers))
    assert any(problem in each for each in audience.problems([0] * (max(numbers) + 1)))


async def test_events_of_several_connections_may_come_in_any_order(audience: Audience) -> None:
    for listener in audience.listeners:
        tell(listener, *(event(number, sequence=None) for number in (1, 0, 3, 2)))
    assert audience.problems([0, 1, 0, 1]) == []


async def test_pings_come_when_they_come(audience: Audience) -> None:
    """They are no difference between clients."""
    first, *others = audience.listeners
    first.read(frame(event(0)) + PING + frame(event(1)))
    for listener in others:
        listener.read(frame(event(0)) + frame(event(1)))
        listener.read(PING)
    assert audience.problems([0, 0]) == []
    assert audience.apart == 0


async def test_a_client_that_is_sent_other_frames_with_the_same_events_is_parsed_by_itself(audience: Audience) -> None:
    first, second, third = audience.listeners
    tell(first, *(event(number) for number in range(4)))
    tell(second, event(0), event(1, added=True), event(2), event(3))
    tell(third, *(event(number) for number in range(4)))
    assert audience.problems([0] * 4) == []
    assert audience.apart == 1


def batch(previous: int, offset: int, *numbers: int) -> bytes:
    events = [json.loads(event(number).partition("[")[2].partition(",")[2][:-1]) for number in numbers]
    body = {"epoch": "e", "previous": previous, "offset": offset, "replay": False, "events": events}
    return f'42/tools,["events",{json.dumps(body)}]'.encode()


def test_batches_follow_one_another() -> None:
    arrivals = Arrivals()
    arrivals.take(batch(0, 2, 0, 1))
    arrivals.take(batch(2, 3, 2))
    assert (arrivals.numbers, arrivals.messages, arrivals.problems) == ([0, 1, 2], 2, [])


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        (batch(3, 4, 3), "a batch follows 3, the last offset was 2"),
        (batch(2, 4, 2), "a batch ends at 4, its last event is at 3"),
        (batch(2, 4, 3), "offset 4 came, expected 3"),
        (b'42/tools,["gap",{"count":5}]', "the server sent gap"),
        (b"41/tools,", "an unexpected message"),
        (event(2).replace('"tool_start",', '"tool_stop",', 1).encode(), "came as tool_stop"),
    ],
)
def test_what_may_not_come_is_noted(message: bytes, problem: str) -> None:
    arrivals = Arrivals()
    arrivals.take(batch(0, 2, 0, 1))
    arrivals.take(message)
    assert problem in arrivals.problems[0]


def test_events_are_found_in_what_a_peer_wraps_them_in() -> None:
    arrivals = Arrivals(lambda name, body: body["data"] if name == "tool_event" else None)
    arrivals.take(b'42["welcome",{}]')
    arrivals.take(b'42["tool_event",{"data":{"id":"event-0000000007"}}]')
    assert (arrivals.numbers, arrivals.problems) == ([7], [])


@pytest.mark.parametrize(
    ("size", "cut"), [(0, 1), (1, 1), (125, 1), (126, 1), (126, 3), (126, 1000), (65535, 9973), (65536, 9973)]
)
def test_frames_of_every_size_are_read_however_they_are_cut(size: int, cut: int) -> None:
    data = b"".join(frame("x" * size) for _ in range(3))
    reader = FrameReader()
    messages = [message for begin in range(0, len(data), cut) for message in reader.feed(data[begin : begin + cut])]
    assert [text for text, _ in messages] == [b"x" * size] * 3
    assert messages[-1][1] == len(data)


def test_what_is_no_text_frame_is_an_error() -> None:
    with pytest.raises(ValueError, match="expected a whole text frame"):
        FrameReader().feed(b"\x88\x02\x03\xe9")


async def test_the_events_are_as_large_as_they_should_be_and_valid(server: AsyncServer) -> None:
    events = ToolEvents().take(64)
    assert all(abs(len(each) - EVENT_BYTES) <= 2 for each in events)
    outcomes = await server.publish(*(json.loads(each) for each in events))
    assert {outcome.status for outcome in outcomes} == {"accepted"}
    assert [outcome.offset for outcome in outcomes] == list(range(1, 65))
