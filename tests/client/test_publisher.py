"""What a publisher gives to a server, and what it tells of it."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from eventyard import Event, Status
from eventyard.client import (
    BufferFull,
    Buffering,
    ClientError,
    Counts,
    EventsRejected,
    InvalidEvent,
    NotDelivered,
    Publisher,
    Refused,
    Rejection,
    Unreachable,
)

MakeYard = Callable[..., Awaitable[Any]]
OpenWire = Callable[[Any], Awaitable[Any]]


def note(text: object, **attributes: Any) -> dict[str, Any]:
    return {"type": "note", "source": "/test", "data": {"text": str(text)}, **attributes}


WRONG = {"type": "note", "source": "/test", "id": "wrong", "data": {"text": 5}}


async def test_publishing_gives_what_became_of_each_event(yard: Any) -> None:
    async with Publisher(yard.url) as publisher:
        first = await publisher.publish(note("a"), note("m", type="memo"), note("beat", type="pulse"))
        again = await publisher.publish(note("b", id="1"), note("b", id="1"))
        assert await publisher.publish() == []
        assert publisher.counts == Counts(accepted=4, duplicate=1)
    assert [(each.status, each.stream, each.offset) for each in first] == [
        (Status.ACCEPTED, "notes", 1),
        (Status.ACCEPTED, "memos", 1),
        (Status.ACCEPTED, "notes", None),
    ]
    assert [(each.id, each.status, each.offset) for each in again] == [
        ("1", Status.ACCEPTED, 2),
        ("1", Status.DUPLICATE, 2),
    ]
    assert await yard.kept() == ["a", "b"]


async def test_what_an_event_lacks_is_filled_in_and_what_it_has_stays(yard: Any) -> None:
    event = note("a", session="s1")
    async with Publisher(yard.url) as publisher:
        (outcome,) = await publisher.publish(event)
        await publisher.publish(note("b", id="own", time="2026-01-31T12:00:00Z"))
    assert event == note("a", session="s1")
    first, second = await yard.history()
    assert (first["id"], first["session"]) == (outcome.id, "s1")
    assert first["time"] <= first["recordedtime"]
    assert (second["id"], second["time"]) == ("own", "2026-01-31T12:00:00Z")


async def test_events_of_the_library_and_any_mapping_can_be_published(yard: Any) -> None:
    event = Event.create("note", source="/test", data={"text": "ü\n\u2028"})
    async with Publisher(yard.url) as publisher:
        await publisher.publish(event, {**event, "data": event.data}, MappingProxyType(note("c")))
    assert await yard.kept() == ["ü\n\u2028", "ü\n\u2028", "c"]


async def test_an_event_that_is_refused_is_an_error_and_the_others_are_taken(yard: Any) -> None:
    async with Publisher(yard.url) as publisher:
        with pytest.raises(EventsRejected) as raised:
            await publisher.publish(note("a"), WRONG, note("b"))
    assert [each.status.value for each in raised.value.outcomes] == ["accepted", "rejected", "accepted"]
    (rejection,) = raised.value.rejections
    assert (rejection.event["id"], rejection.issues[0].pointer) == ("wrong", "/data/text")
    assert str(raised.value).startswith("note wrong was refused: /data/text: ")
    assert await yard.kept() == ["a", "b"]


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ("text", "an event is an object, this is of type str"),
        (note("a", data={"at": datetime.now(UTC)}), "a value of type datetime is no JSON"),
        (note("a", data={"x": float("nan")}), "Out of range float values are not JSON compliant"),
    ],
)
async def test_what_is_no_json_is_told_and_nothing_is_sent(yard: Any, event: Any, message: str) -> None:
    async with Publisher(yard.url) as publisher:
        with pytest.raises(InvalidEvent, match=message):
            await publisher.publish(note("a"), event)
        with pytest.raises(InvalidEvent, match=message):
            await publisher.send(event)
    assert await yard.kept() == []


async def test_what_is_nested_too_deeply_is_told(yard: Any) -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    async with Publisher(yard.url) as publisher:
        with pytest.raises(InvalidEvent, match="it is nested too deeply"):
            await publisher.send(note("a", data={"deep": deep}))


async def test_sent_events_arrive_in_order_and_share_requests(make_yard: MakeYard) -> None:
    yard = await make_yard(max_buffer_size=10_000)
    async with Publisher(yard.url) as publisher:
        for number in range(2000):
            await publisher.send(note(number))
        await publisher.flush()
        assert publisher.counts == Counts(accepted=2000)
        assert await yard.kept() == [str(number) for number in range(2000)]
    assert await yard.requests() < 50


async def test_a_request_has_no_more_than_it_may(yard: Any) -> None:
    async with Publisher(yard.url, buffering=Buffering(batch_events=10, linger=60)) as publisher:
        for number in range(30):
            await publisher.send(note(number))
        await publisher.flush()
    assert await yard.requests() == 3
    async with Publisher(yard.url, buffering=Buffering(batch_bytes=1000, linger=60)) as publisher:
        for size in (1, 1, 1, 2000, 600, 600):
            await publisher.send(note("x" * size))
        await publisher.flush()
    assert await yard.requests() == 3 + 4


async def test_nobody_who_waits_lingers(yard: Any) -> None:
    async with Publisher(yard.url, buffering=Buffering(linger=60)) as publisher, asyncio.timeout(20):
        await publisher.publish(note("a"))
        await publisher.send(note("b"))
        await publisher.flush()
        await publisher.send(note("c"))
    assert await yard.kept() == ["a", "b", "c"]


async def test_events_that_are_published_at_once_share_requests(yard: Any) -> None:
    async with Publisher(yard.url) as publisher:
        await asyncio.gather(*[publisher.publish(note(number)) for number in range(500)])
    assert len(await yard.kept()) == 500
    assert await yard.requests() < 50


async def test_what_is_published_comes_behind_what_was_sent(yard: Any) -> None:
    async with Publisher(yard.url, buffering=Buffering(linger=60)) as publisher:
        await publisher.send(note("a"))
        await publisher.publish(note("b"))
        await publisher.send(note("c"))
    assert await yard.kept() == ["a", "b", "c"]


async def test_more_can_be_published_than_may_wait(yard: Any) -> None:
    async with Publisher(yard.url, buffering=Buffering(max_events=7)) as publisher:
        outcomes = await publisher.publish(*map(note, range(50)))
    assert [each.offset for each in outcomes] == list(range(1, 51))


async def test_refused_events_keep_no_other_back_and_are_told(yard: Any) -> None:
    told: list[tuple[Rejection, bool]] = []

    def tell(rejection: Rejection) -> None:
        told.append((rejection, threading.current_thread() is threading.main_thread()))
        raise ZeroDivisionError

    async with Publisher(yard.url, on_rejected=tell) as publisher:
        # What the callback raises is its own business, and goes where all errors of callbacks go.
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        for event in (note("a"), WRONG, note("b")):
            await publisher.send(event)
        await publisher.flush()
        async with asyncio.timeout(20):
            while not told:
                await asyncio.sleep(0.01)
        assert publisher.counts == Counts(accepted=2, rejected=1)
        assert publisher.rejections == []
    ((rejection, in_loop),) = told
    assert in_loop
    assert (rejection.event["id"], rejection.issues[0].pointer) == ("wrong", "/data/text")


async def test_refused_events_that_nobody_is_told_of_are_logged_and_remembered(
    yard: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async with Publisher(yard.url) as publisher:
        await publisher.send(WRONG)
        await publisher.flush()
        assert [each.event["id"] for each in publisher.rejections] == ["wrong"]
    (record,) = [each for each in caplog.records if each.name.startswith("eventyard.client")]
    assert (record.levelno, record.message) == (logging.WARNING, str(publisher.rejections[0]))


async def test_one_event_that_the_server_cannot_read_is_found_among_the_others(yard: Any) -> None:
    """A body with half a surrogate pair is refused as a whole."""
    async with Publisher(yard.url) as publisher:
        with pytest.raises(EventsRejected) as raised:
            await publisher.publish(*map(note, range(5)), note("\ud800", id="half"), *map(note, range(5, 10)))
    assert [each.event["id"] for each in raised.value.rejections] == ["half"]
    assert raised.value.outcomes[5].id == "half"
    assert await yard.kept() == [str(number) for number in range(10)]


async def test_one_event_that_is_too_large_is_found_among_the_others(make_yard: MakeYard) -> None:
    yard = await make_yard(max_body_size=20_000, max_event_size=20_000)
    async with Publisher(yard.url) as publisher:
        for text in ("a", "x" * 30_000, "b"):
            await publisher.send(note(text))
        await publisher.flush()
        ((issue,),) = [each.issues for each in publisher.rejections]
    assert issue.keyword == "too_large"
    assert "max_body_size" in issue.message
    assert await yard.kept() == ["a", "b"]


async def test_events_wait_for_a_server_that_is_away_and_none_is_lost(make_yard: MakeYard) -> None:
    yard = await make_yard(start=False)
    async with Publisher(yard.url) as publisher:
        for number in range(5):
            await publisher.send(note(number))
        publishing = asyncio.create_task(publisher.publish(note(5)))
        await asyncio.sleep(0)
        assert publisher.counts.waiting == 6
        await yard.start()
        await publishing
        assert publisher.counts == Counts(accepted=6)
    assert await yard.kept() == [str(number) for number in range(6)]


async def test_no_event_is_lost_or_doubled_while_the_server_comes_and_goes(make_yard: MakeYard) -> None:
    yard = await make_yard(max_buffer_size=10_000)
    async with Publisher(yard.url, buffering=Buffering(batch_events=20)) as publisher:
        for number in range(600):
            await publisher.send(note(number))
            if number % 200 == 100:
                await yard.stop()
                await yard.start()
        await publisher.flush()
    assert await yard.kept() == [str(number) for number in range(600)]


async def test_an_answer_that_is_lost_doubles_nothing(yard: Any, open_wire: OpenWire) -> None:
    wire = await open_wire(yard)
    wire.losing = lambda data: True
    async with Publisher(wire.url) as publisher:
        publishing = asyncio.create_task(publisher.publish(note("a"), note("b", id=None, time=None)))
        async with asyncio.timeout(20):
            while len(await yard.kept()) < 2:
                await asyncio.sleep(0.01)
        wire.losing = lambda data: False
        wire.cut()
        outcomes = await publishing
    assert [(each.status, each.offset) for each in outcomes] == [(Status.DUPLICATE, 1), (Status.DUPLICATE, 2)]
    assert await yard.kept() == ["a", "b"]


async def test_who_waits_longer_than_the_patience_is_told_and_what_was_sent_goes_on(make_yard: MakeYard) -> None:
    yard = await make_yard(start=False)
    away = f"^no server answers at {yard.url}: Connection refused$"
    async with Publisher(yard.url, patience=0, buffering=Buffering(max_events=2)) as publisher:
        with pytest.raises(Unreachable, match=away):
            await publisher.publish(note("given up"))
        await publisher.send(note("a"))
        await publisher.send(note("b"))
        with pytest.raises(Unreachable, match=away):
            await publisher.flush()
        with pytest.raises(Unreachable, match=away):
            await publisher.send(note("no room"))
        await yard.start()
        await publisher.flush()
    assert await yard.kept() == ["a", "b"]


async def test_publishing_that_is_given_up_sends_nothing_later(make_yard: MakeYard) -> None:
    yard = await make_yard(start=False)
    async with Publisher(yard.url) as publisher:
        await publisher.send(note("a"))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await publisher.publish(note("given up"))
        await publisher.send(note("b"))
        await yard.start()
    assert await yard.kept() == ["a", "b"]


async def test_a_full_buffer_is_waited_for(make_yard: MakeYard) -> None:
    yard = await make_yard(start=False)
    async with Publisher(yard.url, buffering=Buffering(max_events=3)) as publisher:
        sending = asyncio.create_task(send_all(publisher, range(10)))
        async with asyncio.timeout(20):
            while publisher.counts.waiting < 3:
                await asyncio.sleep(0.01)
        assert not sending.done()
        await yard.start()
        await sending
    assert await yard.kept() == [str(number) for number in range(10)]


async def send_all(publisher: Publisher, texts: Any) -> None:
    for text in texts:
        await publisher.send(note(text))


async def test_a_full_buffer_drops_its_oldest_events(make_yard: MakeYard) -> None:
    yard = await make_yard(start=False)
    async with Publisher(yard.url, buffering=Buffering(max_events=3, when_full="drop_oldest")) as publisher:
        async with asyncio.timeout(20):
            # The first is on the way to nowhere until then, and cannot be dropped.
            await publisher.send(note(0))
            while publisher.counts.waiting and not publisher.counts.dropped:
                await send_all(publisher, range(10))
        await send_all(publisher, range(20))
        assert publisher.counts.waiting == 3
        await yard.start()
        await publisher.flush()
        assert publisher.counts.accepted == 3
    assert (await yard.kept())[-2:] == ["18", "19"]


async def test_a_full_buffer_raises(make_yard: MakeYard) -> None:
    yard = await make_yard(start=False)
    buffering = Buffering(max_bytes=1000, when_full="raise")
    async with Publisher(yard.url, buffering=buffering) as publisher:
        await publisher.send(note("x" * 700))
        with pytest.raises(BufferFull, match=r"1 events of 8\d\d bytes wait to be sent"):
            await publisher.send(note("x" * 700))
        with pytest.raises(InvalidEvent, match=r"is more than all that may wait \(1000 bytes\)"):
            await publisher.send(note("x" * 1000))
        await yard.start()
    assert await yard.kept() == ["x" * 700]


@pytest.mark.parametrize("wrong", [{"max_events": 0}, {"linger": -1}, {"when_full": "drop"}])
def test_wrong_bounds_are_told(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="expected"):
        Buffering(**wrong)


async def test_a_server_that_is_busy_is_tried_again() -> None:
    answers = iter([503, 429, 502])
    bodies: list[list[dict[str, Any]]] = []

    async def take(request: web.Request) -> web.Response:
        bodies.append(await request.json())
        if (status := next(answers, 202)) != 202:
            return web.json_response({"detail": "later"}, status=status, headers={"Retry-After": "0"})
        results = [{"id": e["id"], "status": "accepted", "stream": "s", "offset": 1, "issues": []} for e in bodies[-1]]
        return web.json_response({"results": results}, status=202)

    app = web.Application()
    app.router.add_post("/v1/events", take)
    async with TestServer(app) as server, Publisher(str(server.make_url(""))) as publisher:
        await publisher.publish(note("a"))
    assert len(bodies) == 4
    assert bodies.count(bodies[0]) == 4


@pytest.mark.parametrize("answer", [{"results": []}, {"results": [{"status": "lost"}]}, [], None])
async def test_what_does_not_answer_as_eventyard_does_is_told(answer: Any) -> None:
    async def take(_: web.Request) -> web.Response:
        return web.json_response(answer, status=202)

    app = web.Application()
    app.router.add_post("/v1/events", take)
    async with TestServer(app) as server, Publisher(str(server.make_url(""))) as publisher:
        with pytest.raises(Refused, match="the server does not answer as Eventyard does"):
            await publisher.publish(note("a"))


async def test_a_wrong_token_is_told_to_all(make_yard: MakeYard) -> None:
    yard = await make_yard(token="secret")
    publisher = Publisher(yard.url, token="wrong")
    await publisher.start()
    await publisher.send(note("a"))
    with pytest.raises(Refused, match="the server does not take the events: 401 Unauthorized"):
        await publisher.flush()
    for call in (publisher.publish(note("b")), publisher.send(note("c")), publisher.flush()):
        with pytest.raises(Refused, match="401 Unauthorized"):
            await call
    with pytest.raises(
        NotDelivered, match=r"^1 event could not be delivered: the server does not take the events: 401"
    ):
        await publisher.close()
    async with Publisher(yard.url, token="secret") as publisher:
        await publisher.publish(note("a"))


async def test_closing_delivers_what_waits(yard: Any) -> None:
    async with Publisher(yard.url, buffering=Buffering(linger=60)) as publisher:
        await send_all(publisher, range(100))
    assert len(await yard.kept()) == 100
    await publisher.close()


async def test_what_cannot_be_delivered_in_time_is_told(make_yard: MakeYard, caplog: pytest.LogCaptureFixture) -> None:
    yard = await make_yard(start=False)
    publisher = Publisher(yard.url)
    await publisher.start()
    await send_all(publisher, range(3))
    publishing = asyncio.create_task(publisher.publish(note("waits")))
    await asyncio.sleep(0)
    with pytest.raises(NotDelivered) as raised:
        await publisher.close(timeout=0.05)
    assert raised.value.count == 3
    assert str(raised.value) == f"3 events could not be delivered: no server answers at {yard.url}: Connection refused"
    with pytest.raises(ClientError, match="the publisher was closed before the server answered"):
        await publishing
    assert [each.message for each in caplog.records if each.name.startswith("eventyard.client")] == [
        f"no server answers at {yard.url}: Connection refused; events wait"
    ]


@pytest.mark.parametrize("call", ["publish", "send"])
async def test_outside_of_its_block_it_takes_nothing(yard: Any, call: str) -> None:
    publisher = Publisher(yard.url)
    with pytest.raises(ClientError, match="the publisher is not running"):
        await getattr(publisher, call)(note("a"))
    async with publisher:
        pass
    with pytest.raises(ClientError, match="the publisher is not running"):
        await getattr(publisher, call)(note("a"))


async def test_it_is_started_once(yard: Any) -> None:
    async with Publisher(yard.url) as publisher:
        with pytest.raises(ClientError, match="a publisher is started once"):
            await publisher.start()
    with pytest.raises(ClientError, match="a publisher is started once"):
        await publisher.start()


async def test_no_thread_is_left_behind(yard: Any) -> None:
    def threads() -> set[str]:
        return {thread.name for thread in threading.enumerate() if thread.name.startswith("eventyard publisher")}

    async with Publisher(yard.url) as publisher:
        await publisher.publish(note("a"))
        assert threads()
    assert not threads()
