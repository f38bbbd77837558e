"""What a subscriber gives, and where it begins."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from eventyard import Event
from eventyard.client import Cursor, Gap, Lost, Ready, Received, Refused, Subscriber, Unreachable

MakeYard = Callable[..., Awaitable[Any]]


async def texts(subscriber: Subscriber, count: int) -> list[str]:
    """The texts of the next events."""
    async with asyncio.timeout(20):
        return [(await anext(subscriber)).data["text"] for _ in range(count)]


async def test_events_of_several_namespaces_come_once_and_in_the_order_of_each(yard: Any) -> None:
    async with Subscriber(yard.url, "/notes", "memos", "notes/") as events:
        await yard.note("a", "b")
        await yard.note("m", "n", type="memo")
        async with asyncio.timeout(20):
            got = [await anext(events) for _ in range(4)]
    assert [event.data["text"] for event in got if event.namespace == "/notes"] == ["a", "b"]
    assert [event.data["text"] for event in got if event.namespace == "/memos"] == ["m", "n"]


async def test_an_event_is_the_event_with_what_is_known_of_its_way(yard: Any) -> None:
    await yard.note("kept", session="s1")
    async with Subscriber(yard.url, "/notes") as events:
        first = await anext(events)
        await yard.note("live")
        second = await anext(events)
    assert isinstance(first, Event)
    assert (first.type, first["type"], first.session, first.data["text"]) == ("note", "note", "s1", "kept")
    assert (first.namespace, first.offset, first.replay) == ("/notes", 1, True)
    assert (second.offset, second.replay) == (2, False)


async def test_an_event_that_is_never_kept_has_no_offset(yard: Any) -> None:
    got = []
    async with Subscriber(yard.url, "/notes") as events, asyncio.timeout(20):
        for text, event_type in [("a", "note"), ("beat", "pulse"), ("b", "note")]:
            await yard.note(text, type=event_type)
            got.append(await anext(events))
    assert [(event.data["text"], event.offset) for event in got] == [("a", 1), ("beat", None), ("b", 2)]


async def test_one_type_and_one_session_may_be_texts(yard: Any) -> None:
    await yard.note("a", session="s1")
    await yard.note("b", session="s2")
    async with Subscriber(yard.url, "/notes", types="note", sessions="s2", resume="earliest") as events:
        assert (await anext(events)).data["text"] == "b"


async def test_only_the_wanted_types_and_sessions_come(yard: Any) -> None:
    await yard.note("a", session="s1")
    await yard.note("b", session="s2")
    await yard.note("c", session="s1")
    async with Subscriber(yard.url, "/notes", sessions=["s1"], resume="earliest") as events:
        assert await texts(events, 2) == ["a", "c"]
    async with Subscriber(yard.url, "/notes", types=["pulse"], resume="earliest") as events:
        await yard.note("beat", type="pulse")
        assert await texts(events, 1) == ["beat"]


@pytest.mark.parametrize(
    ("resume", "expected"),
    [("earliest", ["1", "2", "3", "new"]), ("latest", ["new"]), (2, ["3", "new"])],
)
async def test_it_begins_where_it_is_told_to(yard: Any, resume: Any, expected: list[str]) -> None:
    await yard.note(1, 2, 3)
    if isinstance(resume, int):
        async with Subscriber(yard.url, "/notes") as events:
            resume = Cursor(events.ready["/notes"].epoch, resume)
    async with Subscriber(yard.url, "/notes", resume=resume) as events:
        await yard.note("new")
        assert await texts(events, len(expected)) == expected


async def test_the_cursors_of_one_subscriber_are_where_another_goes_on(yard: Any) -> None:
    """An event is dealt with when the next one is asked for, or when the block ends well."""
    await yard.note(1, 2, 3)
    async with Subscriber(yard.url, "/notes", resume="earliest") as first:
        assert first.cursors == {}
        async for event in first:
            if event.data["text"] == "2":
                break
        assert first.cursors["/notes"].offset == 1
    assert first.cursors["/notes"].offset == 2
    async with Subscriber(yard.url, "/notes", resume=first.cursors) as second:
        assert await texts(second, 1) == ["3"]


async def test_each_namespace_goes_on_at_its_own_cursor(yard: Any) -> None:
    await yard.note(1, 2, 3)
    await yard.note("m", "n", type="memo")
    async with Subscriber(yard.url, "/notes") as events:
        epoch = events.ready["/notes"].epoch
    cursors = {"/notes": Cursor(epoch, 2), "memos": Cursor(epoch, 1)}
    async with Subscriber(yard.url, "/notes", "/memos", resume=cursors) as events:
        assert sorted(await texts(events, 2)) == ["3", "n"]


async def test_an_event_that_an_exception_came_in_between_is_not_dealt_with(yard: Any) -> None:
    await yard.note(1, 2)
    subscriber = Subscriber(yard.url, "/notes", resume="earliest")

    async def fail() -> None:
        async with subscriber as events:
            assert await texts(events, 2) == ["1", "2"]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert subscriber.cursors["/notes"].offset == 1


async def test_the_state_is_there_when_the_block_begins_and_can_be_had_again(yard: Any) -> None:
    await yard.note("a")
    async with Subscriber(yard.url, "/notes", resume="latest") as events:
        ready = events.ready["/notes"]
        assert (ready.snapshot, ready.head, ready.start, ready.recovered) == ({"last": "a"}, 1, 1, True)
        await yard.note("b")
        state = await events.state("/notes")
        assert (state.epoch, state.head, state.snapshot) == (ready.epoch, 2, {"last": "b"})


async def test_client_events_of_a_namespace_can_be_sent(yard: Any) -> None:
    async with Subscriber(yard.url, "/notes") as events:
        assert await events.call("/notes", "echo", {"text": "ü"}) == {"text": "ü"}


async def test_the_state_can_be_had_while_more_waits_than_is_read_ahead(yard: Any) -> None:
    """Its answer comes behind all of that."""
    await yard.note(*["x" * 100_000] * 100)
    async with Subscriber(yard.url, "/notes", resume="earliest") as events:
        await anext(events)
        lags = [0]
        async with asyncio.timeout(20):
            while lags[-1] == 0 or len(set(lags[-3:])) > 1:
                (connection,) = await yard.connections()
                lags.append(connection["namespaces"]["/notes"]["lag"])
                await asyncio.sleep(0.02)
        assert (await events.state("/notes")).head == 100
        assert len(await texts(events, 99)) == 99


@pytest.fixture
async def small_yard(make_yard: MakeYard) -> Any:
    """A server that keeps three events of a type."""
    return await make_yard(max_buffer_size=3)


async def missed_two(yard: Any) -> Cursor:
    """Have a cursor miss two events, and three be there behind it."""
    (first, *_) = await yard.note(1)
    async with Subscriber(yard.url, "/notes") as events:
        cursor = Cursor(events.ready["/notes"].epoch, first.offset)
    await yard.note(*range(2, 7))
    return cursor


async def test_a_gap_is_told_in_its_place(small_yard: Any) -> None:
    cursor = await missed_two(small_yard)
    told: list[Gap] = []
    async with Subscriber(small_yard.url, "/notes", resume=cursor, on_gap=told.append) as events:
        assert not told
        assert await texts(events, 1) == ["4"]
        assert [(gap.namespace, gap.after, gap.resume_at, gap.reason, gap.count) for gap in told] == [
            ("/notes", 1, 4, "trimmed", 2)
        ]
        assert await texts(events, 2) == ["5", "6"]
    assert len(told) == 1


async def test_what_is_told_of_a_gap_may_raise(small_yard: Any) -> None:
    class Missed(Exception):
        pass

    def fail(gap: Gap) -> None:
        raise Missed(str(gap))

    cursor = await missed_two(small_yard)
    async with Subscriber(small_yard.url, "/notes", resume=cursor, on_gap=fail) as events:
        with pytest.raises(Missed, match=r"2 events of /notes missed \(trimmed\)"):
            await anext(events)
        assert await texts(events, 3) == ["4", "5", "6"]


async def test_a_gap_that_nobody_is_told_of_is_logged(small_yard: Any, caplog: pytest.LogCaptureFixture) -> None:
    cursor = await missed_two(small_yard)
    async with Subscriber(small_yard.url, "/notes", resume=cursor) as events:
        assert await texts(events, 1) == ["4"]
    assert [(each.levelno, each.message) for each in caplog.records if each.name.startswith("eventyard.client")] == [
        (logging.WARNING, "2 events of /notes missed (trimmed)")
    ]


async def test_messages_are_all_that_happens(small_yard: Any) -> None:
    cursor = await missed_two(small_yard)
    told: list[str] = []
    async with Subscriber(small_yard.url, "/notes", resume=cursor) as subscriber:
        async with asyncio.timeout(20):
            async for message in subscriber.messages():
                told.append(type(message).__name__)
                match message:
                    case Received(data={"text": "6"}):
                        await small_yard.stop()
                        await small_yard.start()
                    case Lost():
                        assert message.reason == "the server closed the connection"
                    case Ready(reason="ok"):
                        break
    assert told == ["Ready", "Gap", "Received", "Received", "Received", "Lost", "Ready"]


async def test_what_is_not_wanted_moves_the_cursor_too(yard: Any) -> None:
    """Else a filtered client that comes back would be told of gaps that are none of its."""
    await yard.note("a", session="mine")
    await yard.note(*range(5))
    async with Subscriber(yard.url, "/notes", sessions=["mine"], resume="earliest") as events:
        assert await texts(events, 1) == ["a"]
        waiting = asyncio.create_task(texts(events, 1))
        async with asyncio.timeout(20):
            while events.cursors.get("/notes", Cursor("", 0)).offset < 6:
                await asyncio.sleep(0.01)
        await yard.note("b", session="mine")
        assert await waiting == ["b"]


async def test_no_more_than_the_window_is_sent_beyond_what_was_dealt_with(yard: Any) -> None:
    await yard.note(*range(50))
    async with Subscriber(yard.url, "/notes", resume="earliest", window=8) as events:
        got = []
        async with asyncio.timeout(20):
            for number in range(50):
                event = await anext(events)
                got.append(event.data["text"])
                (connection,) = await yard.connections()
                window = connection["namespaces"]["/notes"]["window"]
                assert window["unacknowledged"] <= 8
                # What was not dealt with is not acknowledged.
                assert (connection["namespaces"]["/notes"]["acknowledged"] or 0) <= number
    assert got == [str(number) for number in range(50)]


async def test_what_was_dealt_with_is_acknowledged_while_nothing_happens(yard: Any) -> None:
    async with Subscriber(yard.url, "/notes", window=100) as events:
        await yard.note("a")
        await texts(events, 1)
        waiting = asyncio.create_task(texts(events, 1))
        async with asyncio.timeout(20):
            while (await yard.connections())[0]["namespaces"]["/notes"]["acknowledged"] != 1:
                await asyncio.sleep(0.01)
        await yard.note("b")
        await waiting


async def test_it_reads_no_more_ahead_than_it_can_hold(yard: Any) -> None:
    """The server then keeps the rest, and the memory of the client is bounded."""
    count = 400
    async with Subscriber(yard.url, "/notes") as events:
        for _ in range(count):
            await yard.note("x" * 100_000)
        (connection,) = await yard.connections()
        assert connection["namespaces"]["/notes"]["lag"] > count / 2
        assert [event.offset for event in [await anext(events) for _ in range(count)]] == list(range(1, count + 1))


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((), {}, "a subscriber needs a namespace to follow, such as /tools"),
        (("/a", "/b"), {"resume": Cursor("e", 1)}, "one cursor is for one namespace, and these are /a, /b"),
        (("/a",), {"window": 0}, "window is 0, expected a number of events above 0"),
    ],
)
def test_wrong_use_is_told(arguments: tuple[str, ...], options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Subscriber("http://127.0.0.1:8765", *arguments, **options)


@pytest.mark.parametrize("url", ["localhost:1", "ftp://localhost", "http://localhost:http", "http:///x"])
def test_what_is_no_url_is_told(url: str) -> None:
    with pytest.raises(Unreachable, match=f"{url} is no URL"):
        Subscriber(url, "/notes")


async def test_it_gives_nothing_outside_of_its_block(yard: Any) -> None:
    subscriber = Subscriber(yard.url, "/notes")
    with pytest.raises(RuntimeError, match="use it as `async with Subscriber"):
        await anext(subscriber)
    async with subscriber:
        pass
    with pytest.raises(RuntimeError, match="use it as `async with Subscriber"):
        await anext(subscriber)


async def test_it_is_used_once(yard: Any) -> None:
    """What it has received and not handed on would be between two cursors."""
    subscriber = Subscriber(yard.url, "/notes")
    async with subscriber:
        pass
    with pytest.raises(RuntimeError, match="a subscriber is used once"):
        async with subscriber:
            pass


async def test_a_namespace_that_the_server_does_not_have_is_told(yard: Any) -> None:
    with pytest.raises(Refused, match=f"the server at {yard.url} refuses /nots: Unable to connect"):
        async with Subscriber(yard.url, "/notes", "/nots"):
            pass


async def test_waiting_for_an_event_can_be_given_up_without_losing_it(yard: Any) -> None:
    async with Subscriber(yard.url, "/notes") as events:
        for number in range(5):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.01):
                    await anext(events)
            await yard.note(number)
            assert await texts(events, 1) == [str(number)]
