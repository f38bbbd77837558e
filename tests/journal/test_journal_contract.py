"""What every journal does, whatever it keeps its events in."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

import orjson
import pytest
from eventyard import BufferPolicy, Route
from eventyard.errors import JournalError
from eventyard.journal import Hole, Journal, Limits, MemoryJournal, Placement, Quotas, Record, SqliteJournal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .appending import append

Open: TypeAlias = Callable[..., Journal]

_numbers = count(1)


def record(
    stream: str = "tools",
    event_type: str = "tool_start",
    *,
    capacity: int | None = None,
    max_bytes: int | None = None,
    max_age: float | None = None,
    always: bool = False,
    **more: Any,
) -> Record:
    attributes = {"id": f"e{next(_numbers)}", "source": "/test", "type": event_type, "data": {}} | more
    body = orjson.dumps(attributes)
    make = BufferPolicy.always_buffer if always else BufferPolicy.buffer_if_no_clients
    policy = make(capacity, max_bytes=max_bytes, max_age=max_age)
    return Record(attributes, Route(f"/{stream}"), policy, body, Placement(stream))


@pytest.fixture(params=["memory", "process", "full"])
async def open_journal(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Open]:
    """Open journals of one kind; those in files go on where the last one ended."""
    opened: list[Journal] = []

    def make(
        max_buffer_size: int = 1000,
        size: int = 1 << 30,
        age: float | None = None,
        types: Mapping[str, Limits] | None = None,
    ) -> Journal:
        quotas = Quotas(max_buffer_size, size, age, types or {})
        journal: Journal = (
            MemoryJournal(quotas)
            if request.param == "memory"
            else SqliteJournal(
                tmp_path, request.param, quotas, queue_events=100_000, queue_bytes=1 << 30, duplicate_window=100
            )
        )
        journal.open()
        opened.append(journal)
        return journal

    yield make
    # Those before it were closed to open it.
    if opened:
        await opened[-1].close()


@pytest.fixture
async def journal(open_journal: Open) -> Journal:
    return open_journal()


async def reopened(journal: Journal, open_journal: Open) -> Journal:
    """A journal that goes on where another one ended."""
    await journal.close()
    return open_journal()


async def offsets(journal: Journal, stream: str = "tools", after: int = 0, **choice: Any) -> list[int]:
    through = choice.pop("through", journal.head(stream))
    page = await journal.read(stream, after, through, **({"events": 10_000, "size": 1 << 30} | choice))
    return [record.placement.offset or 0 for record in page.records]


async def test_an_empty_stream_has_head_0_and_nothing_kept(journal: Journal) -> None:
    assert (journal.head("tools"), journal.oldest("tools"), journal.kept_after("tools", 0)) == (0, 1, 0)
    assert await offsets(journal) == []


async def test_offsets_of_each_stream_start_at_1_and_have_no_holes(journal: Journal) -> None:
    batch = [record("tools"), record("errors"), record("tools")]
    await append(journal, batch)
    assert [each.offset for each in batch] == [1, 1, 2]
    await append(journal, [record("tools")])
    assert (journal.head("tools"), journal.head("errors")) == (3, 1)


async def test_the_offset_stands_in_the_envelope_as_sequence(journal: Journal) -> None:
    """20 digits, so that texts sort as numbers do."""
    await append(journal, [record()])
    (kept,) = (await journal.read("tools", 0, 1, events=1, size=1)).records
    assert orjson.loads(kept.body)["sequence"] == kept.event["sequence"] == "00000000000000000001"


async def test_what_is_read_is_what_was_appended(journal: Journal) -> None:
    batch = [record(session="s", data={"text": "ü\n" * 100}) for _ in range(20)]
    await append(journal, batch)
    page = await journal.read("tools", 0, 20, events=100, size=1 << 20)
    assert [each.body for each in page.records] == [each.body for each in batch]
    assert [dict(each.event) for each in page.records] == [orjson.loads(each.body) for each in batch]


async def test_pages_are_bounded_by_number_and_bytes_and_have_at_least_one_event(journal: Journal) -> None:
    await append(journal, [record(data={"text": "x" * 100}) for _ in range(10)])
    size = len((await journal.read("tools", 0, 1, events=1, size=1)).records[0].body)
    assert await offsets(journal, events=3) == [1, 2, 3]
    assert await offsets(journal, size=1) == [1]
    assert await offsets(journal, size=2 * size + 10) == [1, 2]
    assert await offsets(journal, after=4, through=6) == [5, 6]
    assert await offsets(journal, after=10) == []


async def test_a_page_says_up_to_where_it_covers_the_stream(journal: Journal) -> None:
    await append(journal, [record() for _ in range(5)])
    assert (await journal.read("tools", 0, 5, events=2, size=1 << 20)).through == 2
    assert (await journal.read("tools", 2, 5, events=9, size=1 << 20)).through == 5


async def test_each_type_has_a_quota_of_its_own(open_journal: Open) -> None:
    journal = open_journal(max_buffer_size=3)
    await append(journal, [record(event_type="rare")])
    for _ in range(4):
        await append(journal, [record(event_type="frequent"), record(event_type="wide", capacity=10)])
    assert await offsets(journal) == [1, 3, 4, 5, 6, 7, 8, 9]
    assert (journal.oldest("tools"), journal.kept_after("tools", 1), journal.kept_after("tools", 9)) == (1, 7, 0)


async def test_bytes_in_all_are_taken_from_the_type_that_has_the_most(open_journal: Open) -> None:
    """Errors are never pushed out by a burst of something else."""
    journal = open_journal(size=20_000)
    await append(journal, [record("errors", "error") for _ in range(10)])
    for _ in range(50):
        await append(journal, [record(data={"text": "x" * 1000})])
    assert len(await offsets(journal, "errors")) == 10
    kept = await offsets(journal)
    assert kept == list(range(kept[0], 51))
    assert 10 < len(kept) < 20


async def test_what_is_always_buffered_is_never_pushed_out_by_the_others(open_journal: Open) -> None:
    """Even where the errors are the largest of all, as long as they have no more than half of the bytes."""
    journal = open_journal(size=20_000)
    await append(journal, [record("errors", "error", always=True, data={"text": "x" * 900}) for _ in range(9)])
    for _ in range(50):
        await append(journal, [record("tools", data={"text": "x" * 300})])
        await append(journal, [record("agents", "subagent_start", data={"text": "x" * 300})])
    assert len(await offsets(journal, "errors")) == 9
    kept = await offsets(journal), await offsets(journal, "agents")
    assert all(each == list(range(each[0], 51)) for each in kept)


async def test_what_is_always_buffered_gives_what_is_over_half_of_the_bytes(open_journal: Open) -> None:
    journal = open_journal(size=20_000)
    await append(journal, [record() for _ in range(10)])
    for _ in range(50):
        await append(journal, [record("errors", "error", always=True, data={"text": "x" * 900})])
    assert await offsets(journal) == list(range(1, 11))
    assert 15 < len(await offsets(journal, "errors")) < 20


async def test_a_type_may_have_bounds_of_its_own_in_bytes(open_journal: Open) -> None:
    journal = open_journal()
    await append(journal, [record(data={"text": "x" * 900}, max_bytes=3500) for _ in range(10)])
    await append(journal, [record(event_type="other", data={"text": "x" * 900}) for _ in range(10)])
    assert await offsets(journal, types={"tool_start"}) == [8, 9, 10]
    assert len(await offsets(journal, types={"other"})) == 10


async def test_one_event_is_kept_however_large_it_is(open_journal: Open) -> None:
    journal = open_journal(size=100)
    await append(journal, [record(data={"text": "x" * 900}, max_bytes=10)])
    assert await offsets(journal) == [1]


async def test_what_the_user_sets_for_a_type_goes_before_its_policy(open_journal: Open) -> None:
    journal = open_journal(types={"tool_start": Limits(events=2), "other": Limits(size=1)})
    for _ in range(5):
        await append(journal, [record(capacity=10), record(event_type="other", capacity=10)])
    assert await offsets(journal) == [7, 9, 10]


async def test_what_is_too_old_goes_with_the_next_commit(open_journal: Open) -> None:
    journal = open_journal(age=0.05)
    await append(journal, [record() for _ in range(3)])
    await asyncio.sleep(0.1)
    await append(journal, [record()])
    assert await offsets(journal) == [4]


async def test_what_is_too_old_goes_without_a_commit_too(open_journal: Open) -> None:
    journal = open_journal()
    await append(journal, [record(max_age=0.05), record("errors", "error")])
    await asyncio.sleep(0.1)
    journal.trim()
    assert (await offsets(journal), await offsets(journal, "errors")) == ([], [1])
    assert (journal.oldest("tools"), journal.head("tools")) == (2, 1)


async def test_a_page_has_the_types_and_sessions_that_were_asked_for(journal: Journal) -> None:
    await append(journal, [record(session="a"), record(event_type="other", session="a"), record(session="b"), record()])
    assert await offsets(journal, types={"tool_start"}) == [1, 3, 4]
    assert await offsets(journal, sessions={"a"}) == [1, 2]
    assert await offsets(journal, types={"tool_start"}, sessions={"a", "b"}) == [1, 3]
    assert await offsets(journal, types={"unheard_of"}) == []
    assert await offsets(journal, types={"tool_start"}, events=2) == [1, 3]


async def test_the_search_for_a_choice_is_bounded_and_says_how_far_it_came(journal: Journal) -> None:
    for _ in range(11):
        await append(journal, [record(capacity=20_000) for _ in range(1000)])
    await append(journal, [record(event_type="rare")])
    first = await journal.read("tools", 0, 11_001, events=10, size=1 << 20, types={"rare"})
    assert (len(first.records), first.through) == (0, 10_000)
    second = await journal.read("tools", first.through, 11_001, events=10, size=1 << 20, types={"rare"})
    assert ([each.offset for each in second.records], second.through) == ([11_001], 11_001)


async def test_a_page_tells_what_is_not_kept_of_it(open_journal: Open) -> None:
    journal = open_journal(max_buffer_size=2)
    for event_type in ("a", "b", "b", "a", "b", "a", "a", "b"):
        await append(journal, [record(event_type=event_type)])
    page = await journal.read("tools", 0, 8, events=10, size=1 << 20)
    assert [each.offset for each in page.records] == [5, 6, 7, 8]
    assert page.holes == [Hole(1, 4)]
    await append(journal, [record(event_type="b"), record(event_type="b")])
    page = await journal.read("tools", 4, 10, events=10, size=1 << 20)
    assert ([each.offset for each in page.records], page.holes) == ([6, 7, 9, 10], [Hole(5, 5), Hole(8, 8)])
    assert [hole.length for hole in page.holes] == [1, 1]


async def test_a_hole_behind_the_last_event_belongs_to_the_page_that_reaches_the_end(open_journal: Open) -> None:
    journal = open_journal()
    await append(
        journal, [record(), record(event_type="brief", max_age=0.01), record(event_type="brief", max_age=0.01)]
    )
    await asyncio.sleep(0.05)
    journal.trim()
    page = await journal.read("tools", 0, 3, events=10, size=1 << 20)
    assert ([each.offset for each in page.records], page.through, page.holes) == ([1], 3, [Hole(2, 3)])


async def test_a_choice_of_types_has_no_holes_where_only_others_were(open_journal: Open) -> None:
    """Also after a restart."""
    journal = open_journal(max_buffer_size=2)
    await append(journal, [record(event_type="rare"), *(record(event_type="frequent") for _ in range(9))])
    for opened in (journal, *([] if isinstance(journal, MemoryJournal) else [await reopened(journal, open_journal)])):
        assert opened.missing_after("tools", 1) == 7
        assert opened.missing_after("tools", 1, {"rare"}) == 0
        assert opened.missing_after("tools", 1, {"rare", "frequent"}) == 7
        assert opened.missing_after("tools", 1, {"unheard_of"}) == 0
        page = await opened.read("tools", 0, 10, events=10, size=1 << 20, types={"rare"})
        assert ([each.offset for each in page.records], page.holes) == ([1], [])
        page = await opened.read("tools", 0, 10, events=10, size=1 << 20, types={"frequent"})
        assert ([each.offset for each in page.records], page.holes) == ([9, 10], [Hole(2, 8)])


async def test_the_newest_so_many_events_or_bytes_begin_right_behind_an_offset(open_journal: Open) -> None:
    journal = open_journal(max_buffer_size=5)
    await append(journal, [record(event_type=name, data={"text": "x" * 900}) for name in "aabbbbbb"])
    assert await offsets(journal) == [1, 2, 4, 5, 6, 7, 8]
    assert journal.newest("tools", 3, 1 << 20) == 5
    assert journal.newest("tools", 5, 1 << 20) == 3
    assert journal.newest("tools", 100, 1 << 20) == 0
    assert journal.newest("tools", 100, 3500) == 5
    assert journal.newest("tools", 100, 10) == 8
    assert journal.newest("tools", 3, 1 << 20, after=4) == 5
    assert journal.newest("tools", 3, 1 << 20, after=6) == 6
    assert journal.newest("tools", 2, 1 << 20, types={"a"}) == 0
    assert journal.newest("tools", 1, 1 << 20, types={"a"}) == 1
    assert journal.newest("tools", 1, 1 << 20, sessions={"s1"}) == 0


async def test_who_appended_learns_the_offsets(journal: Journal) -> None:
    assert await append(journal, [record(), record("errors", "error"), record()]) == [1, 1, 2]


async def test_a_closed_journal_refuses_what_is_appended(open_journal: Open) -> None:
    """Nobody would ever commit it, and whoever waits for that would wait for ever."""
    journal = open_journal()
    kept = append(journal, [record()])
    closing = asyncio.ensure_future(journal.close())
    await asyncio.sleep(0)
    for _ in range(2):
        with pytest.raises(JournalError, match="the journal is not open"):
            append(journal, [record()])
        await closing
    assert await kept == [1]


async def test_a_page_of_more_than_ten_thousand_events_is_as_good_as_another(open_journal: Open) -> None:
    """The specification's largest buffer has 10 000 events."""
    journal = open_journal(max_buffer_size=12_000)
    for _ in range(13):
        await append(journal, [record() for _ in range(1000)])
    assert await offsets(journal, events=20_000) == list(range(1001, 13_001))


async def test_listeners_are_told_in_commit_order_before_append_returns(journal: Journal) -> None:
    told: list[int | None] = []

    def listen(records: Sequence[Record]) -> None:
        told.extend(each.offset for each in records)

    journal.listen(listen)
    await asyncio.gather(*(append(journal, [record(), record()]) for _ in range(50)))
    assert told == list(range(1, 101))


async def test_had_only_grows(journal: Journal) -> None:
    journal.note_had("tools", 5)
    journal.note_had("tools", 3)
    assert (journal.had("tools"), journal.had("errors")) == (5, 0)


async def test_kept_gives_all_streams_in_the_order_of_acceptance(journal: Journal) -> None:
    batch = [record("tools"), record("errors", "error"), record("tools"), record("agents", "subagent_start")]
    await append(journal, batch[:2])
    await append(journal, batch[2:])
    assert [each.event.id for each in journal.kept()] == [each.event.id for each in batch]


steps = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(["x", "y", "z"]), st.integers(1, 4)), max_size=40
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps, quota=st.integers(1, 6), restart=st.integers(0, 40))
@pytest.mark.parametrize("kind", ["memory", "process"])
async def test_a_journal_keeps_what_a_naive_model_keeps(
    kind: str,
    steps: list[tuple[str, str, int]],
    quota: int,
    restart: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Whatever is appended, and also when it is closed and opened again in between."""
    directory = tmp_path_factory.mktemp("journal")

    def open_one() -> Journal:
        quotas = Quotas(quota, 1 << 30)
        made: Journal = (
            MemoryJournal(quotas)
            if kind == "memory"
            else SqliteJournal(
                directory, "process", quotas, queue_events=10_000, queue_bytes=1 << 30, duplicate_window=100
            )
        )
        made.open()
        return made

    journal = open_one()
    model: dict[str, list[tuple[int, str]]] = {"a": [], "b": []}
    heads = {"a": 0, "b": 0}
    for number, (stream, event_type, times) in enumerate(steps):
        if number == restart and kind != "memory":
            await journal.close()
            journal = open_one()
        await append(journal, [record(stream, event_type) for _ in range(times)])
        for _ in range(times):
            heads[stream] += 1
            model[stream].append((heads[stream], event_type))
            own = [entry for entry in model[stream] if entry[1] == event_type]
            if len(own) > quota:
                model[stream].remove(own[0])
    for stream, entries in model.items():
        expected = [offset for offset, _ in entries]
        assert await offsets(journal, stream) == expected
        assert journal.head(stream) == heads[stream]
        assert journal.oldest(stream) == (expected[0] if expected else heads[stream] + 1)
        middle = heads[stream] // 2
        assert journal.kept_after(stream, middle) == sum(offset > middle for offset in expected)
        assert (
            await offsets(journal, stream, after=middle, events=2) == [each for each in expected if each > middle][:2]
        )
    await journal.close()
