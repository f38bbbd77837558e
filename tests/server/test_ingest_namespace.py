"""``publish`` on ``/ingest`` says the same as HTTP."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from eventyard import AsyncServer

MakeEvent = Callable[..., dict[str, Any]]
Connect = Callable[..., Awaitable[Any]]


async def test_one_event_is_acknowledged_with_its_place(
    server: AsyncServer, connect: Connect, make_event: MakeEvent
) -> None:
    publisher = await connect(server, "/ingest")
    answer = await publisher.call("publish", make_event(id="p1"))
    result = {"id": "p1", "status": "accepted", "stream": "tools", "offset": 1, "issues": []}
    assert answer == {"accepted": 1, "duplicate": 0, "rejected": 0, "results": [result]}


async def test_a_list_of_events_reaches_the_subscribers(
    server: AsyncServer, connect: Connect, make_event: MakeEvent
) -> None:
    publisher, subscriber = await connect(server, "/ingest"), await connect(server, "/tools")
    answer = await publisher.call("publish", [make_event(), make_event("no_such_type"), make_event()])
    assert (answer["accepted"], answer["rejected"]) == (2, 1)
    assert len(await subscriber.wait("tool_start", 2)) == 2


@pytest.mark.parametrize("argument", [None, 5, "text", [[]], {"type": ["x"]}, {"type": "tool_start", "data": None}])
async def test_what_is_no_event_is_refused_and_said_so(server: AsyncServer, connect: Connect, argument: Any) -> None:
    publisher = await connect(server, "/ingest")
    answer = await publisher.call("publish", argument)
    assert (answer["accepted"], answer["rejected"]) == (0, 1)
    assert answer["results"][0]["issues"]


@pytest.mark.parametrize(
    ("value", "keyword"),
    [
        pytest.param(2**60, "integer_range", id="a long number"),
        pytest.param(10**30, "integer_range", id="a number that parsers round"),
        pytest.param([[[[[]]]]], "too_deep", id="lists in lists"),
        pytest.param(list(range(100)), "too_many_nodes", id="too many values"),
    ],
)
async def test_what_http_would_refuse_while_parsing_is_refused_here_too(
    start_server: Callable[..., Awaitable[AsyncServer]],
    connect: Connect,
    make_event: MakeEvent,
    value: Any,
    keyword: str,
) -> None:
    server = await start_server(validation={"max_depth": 6, "max_nodes": 80})
    publisher = await connect(server, "/ingest")
    for wrap in (lambda event: event, lambda event: [make_event(), event]):
        answer = await publisher.call("publish", wrap(make_event(data={"tool": "Bash", "input": value})))
        assert answer["results"][-1]["issues"][0]["keyword"] == keyword


async def test_too_many_events_at_once_are_refused(
    start_server: Callable[..., Awaitable[AsyncServer]], connect: Connect, make_event: MakeEvent
) -> None:
    server = await start_server(max_batch=2)
    publisher = await connect(server, "/ingest")
    answer = await publisher.call("publish", [make_event() for _ in range(3)])
    assert answer["error"]["code"] == "too_many_events"


@pytest.mark.parametrize("name", ["connect", "disconnect", "no_such_event", "trigger_event", ""])
@pytest.mark.parametrize("argument", [None, {}, "ping timeout"])
async def test_there_is_no_other_client_event(
    server: AsyncServer, connect: Connect, make_event: MakeEvent, name: str, argument: Any
) -> None:
    publisher = await connect(server, "/ingest")
    answer = await publisher.call(name, argument)
    assert answer == {"ok": False, "error": "/ingest has no client event of this name"}
    answer = await publisher.call("publish", make_event())
    assert answer["accepted"] == 1


async def test_events_that_are_not_in_a_list_are_refused(
    server: AsyncServer, connect: Connect, make_event: MakeEvent
) -> None:
    publisher = await connect(server, "/ingest")
    answer = await publisher.call("publish", (make_event(), make_event()))
    message = "publish takes an event or a list of events, not 2 arguments"
    assert answer["error"] == {"code": "malformed", "message": message}
