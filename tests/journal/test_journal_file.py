"""The file of the journal: what stands in it, and what a crash leaves there."""

import asyncio
import contextlib
import shutil
import sqlite3
from pathlib import Path

import pytest
from eventyard.journal import Record

from .appending import append
from .files import Open, offsets, placed, record, rows, stored


async def test_identities_outlive_their_events(open_journal: Open) -> None:
    journal = open_journal(capacity=2)
    batch = [record(id=f"i{number}") for number in range(5)]
    await append(journal, batch[:3])
    await append(journal, batch[3:])
    await journal.close()
    journal = open_journal(capacity=2)
    assert placed(list(journal.identities())) == [(f"i{number}", "tools", number + 1) for number in range(5)]
    assert await offsets(journal) == [4, 5]


async def test_so_many_identities_are_kept_as_the_window_asks_for_and_not_many_more(
    open_journal: Open, tmp_path: Path
) -> None:
    journal = open_journal(duplicate_window=1000, capacity=10_000)
    for number in range(16):
        await append(journal, [record(id=f"{number}/{each}") for each in range(250)])
    await journal.close()
    journal = open_journal(duplicate_window=1000, capacity=10_000)
    found = placed(list(journal.identities()))
    assert [identity for identity, _, _ in found] == [f"{n}/{each}" for n in range(12, 16) for each in range(250)]
    assert rows(tmp_path, "SELECT count(*) FROM commits") == [(1,)]


async def test_what_is_not_written_down_yet_the_events_tell(open_journal: Open, tmp_path: Path) -> None:
    """As after a crash: heads and identities are written down with every thousandth event, or by a clean stop."""
    journal = open_journal(capacity=2000, duplicate_window=2000)
    await append(journal, [record(id=f"i{number}") for number in range(1200)])
    await append(journal, [record(id="last"), record(stream="errors", id="e1")])
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for file in tmp_path.glob("journal.sqlite3*"):
        shutil.copy(file, crashed)
    assert rows(crashed, "SELECT name, head FROM streams ORDER BY name") == [("errors", 0), ("tools", 1200)]
    assert rows(crashed, "SELECT seq FROM commits") == [(1200,)]

    found = open_journal(crashed, capacity=2000, duplicate_window=2000)
    assert (found.head("tools"), found.head("errors")) == (1201, 1)
    assert placed(list(found.identities()))[-3:] == [
        ("i1199", "tools", 1200),
        ("last", "tools", 1201),
        ("e1", "errors", 1),
    ]
    assert await append(found, [record(id="next")]) == [1202]
    await found.close()
    await journal.close()
    assert rows(crashed, "SELECT name, head FROM streams ORDER BY name") == [("errors", 1), ("tools", 1202)]
    assert rows(crashed, "SELECT seq, events FROM commits") == [(1200, 1200), (1203, 3)]


async def test_events_are_written_down_before_they_are_deleted(open_journal: Open, tmp_path: Path) -> None:
    journal = open_journal(capacity=1)
    await append(journal, [record(id=f"i{number}") for number in range(499)])
    await append(journal, [record(id="i499")])
    await journal.close()
    assert stored(tmp_path) == [500]
    journal = open_journal(capacity=1)
    assert [identity for identity, _, _ in placed(list(journal.identities()))] == [f"i{n}" for n in range(500)]


async def test_what_was_trimmed_before_a_crash_is_not_there_after_it(open_journal: Open, tmp_path: Path) -> None:
    """Trimmed events are deleted in steps; the server may end before the last."""
    journal = open_journal(capacity=2)
    for _ in range(5):
        await append(journal, [record()])
    await journal.close()
    assert stored(tmp_path) == [4, 5]
    connection = sqlite3.connect(tmp_path / "journal.sqlite3")
    connection.execute("""
        INSERT INTO runs
        SELECT seq - 3, stream, type, mode, rooms, recorded, json_replace(events, '$.offsets[0]', seq - 3), bodies
        FROM runs
    """)
    connection.commit()
    connection.close()
    assert stored(tmp_path) == [1, 2, 4, 5]

    journal = open_journal(capacity=2)
    assert (journal.oldest("tools"), journal.missing_after("tools", 0)) == (4, 3)
    assert [each.offset for each in journal.kept()] == [4, 5]
    await journal.close()
    assert stored(tmp_path) == [4, 5]
    open_journal(capacity=2)


async def test_events_that_were_committed_together_are_trimmed_one_by_one(open_journal: Open, tmp_path: Path) -> None:
    """They leave the file together, when the last of them is trimmed; until then nobody is shown the others."""
    journal = open_journal(capacity=3)
    await append(journal, [record() for _ in range(3)])
    await append(journal, [record()])
    await journal.close()
    assert stored(tmp_path) == [1, 2, 3, 4]
    journal = open_journal(capacity=3)
    assert await offsets(journal) == [2, 3, 4]
    assert [each.offset for each in journal.kept()] == [2, 3, 4]
    await append(journal, [record(), record()])
    await journal.close()
    assert stored(tmp_path) == [4, 5, 6]
    open_journal(capacity=3)


async def test_events_of_all_types_and_streams_come_back_in_the_order_in_which_they_were_accepted(
    open_journal: Open,
) -> None:
    """In the file, those of one type stand together."""
    journal = open_journal()
    kinds = [("tool_start", "tools"), ("error", "errors"), ("tool_stop", "tools"), ("tool_start", "other")]
    sent: list[Record] = []
    for commit in range(4):
        batch = [record(event_type, stream=stream) for event_type, stream in kinds[commit:] + kinds[:commit] + kinds]
        sent += batch
        await append(journal, batch)
    told = [(each.event.id, each.stream, each.offset) for each in sent]
    assert [(each.event.id, each.stream, each.offset) for each in journal.kept()] == told
    assert placed(list(journal.identities())) == told
    await journal.close()
    journal = open_journal()
    assert [(each.event.id, each.stream, each.offset) for each in journal.kept()] == told
    for stream in ("tools", "errors", "other"):
        assert await offsets(journal, stream) == [offset for _, each, offset in told if each == stream]


async def test_a_page_is_read_from_many_rows_or_a_part_of_one(open_journal: Open) -> None:
    journal = open_journal(capacity=10_000)
    for number in range(300):
        await append(journal, [record("tool_start" if number % 3 else "tool_stop") for _ in range(1 + number % 5)])
    await append(journal, [record(data={"text": "x" * 1000}) for _ in range(300)])
    await journal.close()
    journal = open_journal(capacity=10_000)
    head = journal.head("tools")
    for after, events in ((0, 10_000), (0, 1), (17, 100), (head - 150, 100), (head - 1, 10)):
        page = await journal.read("tools", after, head, events=events, size=1 << 30)
        assert [each.offset for each in page.records] == list(range(after + 1, min(after + events, head) + 1))
    page = await journal.read("tools", 0, head, events=10_000, size=1 << 30, types={"tool_stop"})
    assert len(page.records) == sum(1 + number % 5 for number in range(0, 300, 3))
    assert {each.type for each in page.records} == {"tool_stop"}


async def test_much_is_deleted_in_steps_while_nothing_else_happens(open_journal: Open, tmp_path: Path) -> None:
    journal = open_journal(capacity=100)
    await append(journal, [record() for _ in range(10_000)])
    while len(stored(tmp_path)) > 1100:
        await asyncio.sleep(0.01)
    assert len(await offsets(journal)) == 100


async def test_the_log_is_moved_into_the_file_when_nothing_waits(open_journal: Open, tmp_path: Path) -> None:
    """Not with the commit by which it has become too large, whose sender would wait for that."""
    journal = open_journal()
    await append(journal, [record(data={"text": "x" * 10_000}) for _ in range(300)])
    file = tmp_path / "journal.sqlite3"
    async with asyncio.timeout(10):
        while file.stat().st_size < 3_000_000:
            await asyncio.sleep(0.01)
    assert await append(journal, [record()]) == [301]


async def test_what_comes_in_each_round_of_the_event_loop_goes_into_one_commit(
    open_journal: Open, tmp_path: Path
) -> None:
    """A sync costs far more than an event; with very many of them, no event waits for the next."""
    journal = open_journal()
    loop = asyncio.get_running_loop()
    coming: list[asyncio.Future[list[int]]] = []

    def come(rounds: int, each: int) -> None:
        if rounds > 1:
            loop.call_soon(come, rounds - 1, each)
        coming.append(append(journal, [record() for _ in range(each)]))

    async def commits(rounds: int, each: int) -> int:
        before = journal.head("tools")
        coming.clear()
        come(rounds, each)
        while len(coming) < rounds:
            await asyncio.sleep(0)
        await asyncio.gather(*coming)
        assert len(stored(tmp_path)) == before + rounds * each
        return len(rows(tmp_path, "SELECT DISTINCT recorded FROM runs"))

    assert await commits(rounds=10, each=1) == 1
    assert await commits(rounds=10, each=50) > 2


@pytest.mark.parametrize("durability", ["process", "full"])
async def test_when_the_machine_was_down_offsets_that_the_disk_may_not_have_are_not_given_out_again(
    open_journal: Open, tmp_path: Path, durability: str
) -> None:
    """What counts is how they were written, not what is asked for from now on."""
    journal = open_journal(durability="process")
    await append(journal, [record()])
    left = shutil.copytree(tmp_path, tmp_path / "left")
    await append(journal, [record()])
    await journal.close()
    with contextlib.closing(sqlite3.connect(left / "journal.sqlite3")) as connection, connection:
        connection.execute("UPDATE meta SET value = 'another run of the machine' WHERE key = 'boot'")
    again = open_journal(left, durability=durability)
    assert again.epoch != journal.epoch
