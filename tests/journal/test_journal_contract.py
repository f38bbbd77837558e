"""What every journal does, whatever it keeps its events in."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

import orjson
import pytest
from eventyard import BufferPolicy, Route
from eventyard.journal import Journal, MemoryJournal, Placement, Quotas, Record, SqliteJournal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Open: TypeAlias = Callable[..., Journal]

_numbers = count(1)


def record(
    stream: str = "tools", event_type: str = "tool_start", *, capacity: int | None = None, **more: Any
) -> Record:
    attributes = {"id": f"e{next(_numbers)}", "source": "/test", "type": event_type, "data": {}} | more
    body = orjson.dumps(attributes)
    policy = BufferPolicy.buffer_if_no_clients(capacity)
    return Record(attributes, Route(f"/{stream}"), policy, body, Placement(stream))


@pytest.fixture(params=["memory", "process", "full"])
async def open_journal(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Open]:
    """Open journals of one kind; those in files go on where the last one ended."""
    opened: list[Journal] = []

    def make(max_buffer_size: int = 1000, size: int = 1 << 30, age: float | None = None) -> Journal:
        quotas = Quotas(max_buffer_size, size, age)
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
    for journal in opened:
        await journal.close()


@pytest.fixture
async def journal(open_journal: Open) -> Journal:
    return open_journal()


async def offsets(journal: Journal, stream: str = "tools", after: int = 0, **bounds: int) -> list[int]:
    bounds = {"through": journal.head(stream), "events": 10_000, "size": 1 << 30} | bounds
    page = await journal.read(stream, after, bounds["through"], events=bounds["events"], size=bounds["size"])
    return [record.placement.offset or 0 for record in page.records]


async def test_an_empty_stream_has_head_0_and_nothing_kept(journal: Journal) -> None:
    assert (journal.head("tools"), journal.oldest("tools"), journal.kept_after("tools", 0)) == (0, 1, 0)
    assert await offsets(journal) == []


async def test_offsets_of_each_stream_start_at_1_and_have_no_holes(journal: Journal) -> None:
    batch = [record("tools"), record("errors"), record("tools")]
    await journal.append(batch)
    assert [each.offset for each in batch] == [1, 1, 2]
    await journal.append([record("tools")])
    assert (journal.head("tools"), journal.head("errors")) == (3, 1)


async def test_the_offset_stands_in_the_envelope_as_sequence(journal: Journal) -> None:
    """20 digits, so that texts sort as numbers do."""
    await journal.append([record()])
    (kept,) = (await journal.read("tools", 0, 1, events=1, size=1)).records
    assert orjson.loads(kept.body)["sequence"] == kept.event["sequence"] == "00000000000000000001"


async def test_what_is_read_is_what_was_appended(journal: Journal) -> None:
    batch = [record(session="s", data={"text": "ü\n" * 100}) for _ in range(20)]
    await journal.append(batch)
    page = await journal.read("tools", 0, 20, events=100, size=1 << 20)
    assert [each.body for each in page.records] == [each.body for each in batch]
    assert [dict(each.event) for each in page.records] == [orjson.loads(each.body) for each in batch]


async def test_pages_are_bounded_by_number_and_bytes_and_have_at_least_one_event(journal: Journal) -> None:
    await journal.append([record(data={"text": "x" * 100}) for _ in range(10)])
    size = len((await journal.read("tools", 0, 1, events=1, size=1)).records[0].body)
    assert await offsets(journal, events=3) == [1, 2, 3]
    assert await offsets(journal, size=1) == [1]
    assert await offsets(journal, size=2 * size + 10) == [1, 2]
    assert await offsets(journal, after=4, through=6) == [5, 6]
    assert await offsets(journal, after=10) == []


async def test_a_page_says_up_to_where_it_covers_the_stream(journal: Journal) -> None:
    await journal.append([record() for _ in range(5)])
    assert (await journal.read("tools", 0, 5, events=2, size=1 << 20)).through == 2
    assert (await journal.read("tools", 2, 5, events=9, size=1 << 20)).through == 5


async def test_each_type_has_a_quota_of_its_own(open_journal: Open) -> None:
    journal = open_journal(max_buffer_size=3)
    await journal.append([record(event_type="rare")])
    for _ in range(4):
        await journal.append([record(event_type="frequent"), record(event_type="wide", capacity=10)])
    assert await offsets(journal) == [1, 3, 4, 5, 6, 7, 8, 9]
    assert (journal.oldest("tools"), journal.kept_after("tools", 1), journal.kept_after("tools", 9)) == (1, 7, 0)


async def test_bytes_in_all_are_taken_from_the_type_that_has_the_most(open_journal: Open) -> None:
    """Errors are never pushed out by a burst of something else."""
    journal = open_journal(size=20_000)
    await journal.append([record("errors", "error") for _ in range(10)])
    for _ in range(50):
        await journal.append([record(data={"text": "x" * 1000})])
    assert len(await offsets(journal, "errors")) == 10
    kept = await offsets(journal)
    assert kept == list(range(kept[0], 51))
    assert 10 < len(kept) < 20


async def test_what_is_too_old_goes_with_the_next_commit(open_journal: Open) -> None:
    journal = open_journal(age=0.05)
    await journal.append([record() for _ in range(3)])
    await asyncio.sleep(0.1)
    await journal.append([record()])
    assert await offsets(journal) == [4]


async def test_listeners_are_told_in_commit_order_before_append_returns(journal: Journal) -> None:
    told: list[int | None] = []

    def listen(records: Sequence[Record]) -> None:
        told.extend(each.offset for each in records)

    journal.listen(listen)
    await asyncio.gather(*(journal.append([record(), record()]) for _ in range(50)))
    assert told == list(range(1, 101))


async def test_had_only_grows(journal: Journal) -> None:
    journal.note_had("tools", 5)
    journal.note_had("tools", 3)
    assert (journal.had("tools"), journal.had("errors")) == (5, 0)


async def test_kept_gives_all_streams_in_the_order_of_acceptance(journal: Journal) -> None:
    batch = [record("tools"), record("errors", "error"), record("tools"), record("agents", "subagent_start")]
    await journal.append(batch[:2])
    await journal.append(batch[2:])
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
        await journal.append([record(stream, event_type) for _ in range(times)])
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
