"""The file of the journal: versions, what a crash leaves in it, and commits that were refused."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

import orjson
import pytest
from eventyard import BufferPolicy, Route
from eventyard.errors import JournalError
from eventyard.journal import Identity, Placement, Quotas, Record, SqliteJournal

from .appending import append

Open: TypeAlias = Callable[..., SqliteJournal]

_numbers = count(1)

# As the first version wrote it.
VERSION_1 = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE streams (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, head INTEGER NOT NULL DEFAULT 0, had INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE events (
    place INTEGER PRIMARY KEY, seq INTEGER NOT NULL, type TEXT NOT NULL, recorded REAL NOT NULL, mode TEXT NOT NULL,
    rooms TEXT, body BLOB NOT NULL
);
PRAGMA user_version = 1;
INSERT INTO meta VALUES ('epoch', 'kQx3vJ0a'), ('clean', '1');
INSERT INTO streams VALUES (1, 'tools', 40, 39), (2, 'errors', 1, 1);
"""


def record(
    event_type: str = "tool_start", *, stream: str = "tools", capacity: int | None = None, **more: Any
) -> Record:
    attributes = {"id": f"e{next(_numbers)}", "source": "/test", "type": event_type, "data": {}} | more
    # JSON cannot have half a surrogate pair either.
    body = orjson.dumps(attributes | {"type": event_type.encode(errors="backslashreplace").decode()})
    policy = BufferPolicy.buffer_if_no_clients(capacity)
    return Record(attributes, Route(f"/{stream}"), policy, body, Placement(stream))


@pytest.fixture
async def open_journal(tmp_path: Path) -> AsyncIterator[Open]:
    """Open the journal in the test's directory; one that was opened before must be closed."""
    opened: list[SqliteJournal] = []

    def make(
        directory: Path = tmp_path,
        *,
        duplicate_window: int = 100,
        queue_events: int = 100_000,
        capacity: int = 1000,
    ) -> SqliteJournal:
        journal = SqliteJournal(
            directory,
            "full",
            Quotas(capacity, 1 << 30),
            queue_events=queue_events,
            queue_bytes=1 << 30,
            duplicate_window=duplicate_window,
        )
        journal.open()
        opened.append(journal)
        return journal

    yield make
    if opened:
        await opened[-1].close()


async def offsets(journal: SqliteJournal, stream: str = "tools") -> list[int | None]:
    page = await journal.read(stream, 0, journal.head(stream), events=10_000, size=1 << 30)
    return [each.offset for each in page.records]


def placed(identities: Sequence[Identity]) -> list[tuple[str, str, int | None]]:
    return [(each.id, each.placement.stream, each.placement.offset) for each in identities]


def stored(directory: Path) -> list[int]:
    """The offsets of the events of ``tools`` that the file still has."""
    found = rows(directory, "SELECT events FROM runs WHERE stream = 1 ORDER BY seq")
    return sorted(offset for (events,) in found for offset in orjson.loads(events)["offsets"])


def rows(directory: Path, query: str) -> list[Any]:
    connection = sqlite3.connect(directory / "journal.sqlite3")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


async def test_a_file_of_the_first_version_is_taken_over_with_all_that_it_keeps(
    open_journal: Open, tmp_path: Path
) -> None:
    connection = sqlite3.connect(tmp_path / "journal.sqlite3")
    connection.executescript(VERSION_1)
    for seq, offset in enumerate((38, 39, 40), 1):
        body = orjson.dumps({"id": f"e{offset}", "source": "/old", "type": "tool_start", "session": "s", "data": {}})
        row = (1 << 40 | offset, seq, "tool_start", 0.0, "buffer_if_no_clients", None, body)
        connection.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    body = b'{"id":"x","source":"/old","type":"error","data":{}}'
    connection.execute("INSERT INTO events VALUES (?, 4, 'error', 0.0, 'always_buffer', NULL, ?)", (2 << 40 | 1, body))
    connection.commit()
    connection.close()

    journal = open_journal()
    assert (journal.epoch, journal.head("tools"), journal.had("tools")) == ("kQx3vJ0a", 40, 39)
    assert (await offsets(journal), await offsets(journal, "errors")) == ([38, 39, 40], [1])
    page = await journal.read("tools", 0, 40, events=10, size=1 << 20, sessions={"s"})
    assert [each.offset for each in page.records] == [38, 39, 40]
    assert placed(list(journal.identities())) == [
        ("e38", "tools", 38),
        ("e39", "tools", 39),
        ("e40", "tools", 40),
        ("x", "errors", 1),
    ]
    assert journal.missing_after("tools", 0, {"tool_start"}) == 37
    assert await append(journal, [record()]) == [41]


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


async def test_a_commit_that_failed_half_way_leaves_nothing_behind(open_journal: Open, tmp_path: Path) -> None:
    """Its senders were told that nothing was kept, and send it again."""
    journal = open_journal()
    await append(journal, [record(id="before")])
    # Half a surrogate pair stops at the conversion, behind the events of another batch of the same commit.
    blocked = [append(journal, [record(id="good")]), append(journal, [record("\ud800", id="bad")])]
    results = await asyncio.gather(*blocked, return_exceptions=True)
    failed = [result for result in results if isinstance(result, JournalError)]
    assert failed
    assert await append(journal, [record(id="after")]) == [journal.head("tools")]
    assert await offsets(journal) == list(range(1, journal.head("tools") + 1))
    await journal.close()
    journal = open_journal()
    kept = [each.event.id for each in journal.kept()]
    assert kept[0] == "before"
    assert "bad" not in kept
    assert len(list(journal.identities())) == journal.head("tools")


@pytest.mark.parametrize("events", [1, 200], ids=["one statement", "several"])
async def test_what_a_failed_commit_left_in_the_file_is_taken_out(
    open_journal: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, events: int
) -> None:
    """After a failed fsync nobody knows whether the events are in the file."""
    journal = open_journal()
    await append(journal, [record(id="before")])
    real: Any = journal._writer._connection

    class FailsAfterTheCommit:
        """The connection, with an error told of a commit that was done."""

        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def execute(self, statement: str, *arguments: Any) -> Any:
            result = real.execute(statement, *arguments)
            if not real.in_transaction:
                message = "disk I/O error"
                raise sqlite3.OperationalError(message)
            return result

    monkeypatch.setattr(journal._writer, "_connection", FailsAfterTheCommit())
    with pytest.raises(JournalError, match="disk I/O error"):
        await append(journal, [record(id=f"told as failed {number}") for number in range(events)])
    assert len(stored(tmp_path)) == 1 + events
    assert await append(journal, [record(id="next")]) == [2]
    assert journal.failure is None
    await journal.close()
    journal = open_journal()
    assert [each.event.id for each in journal.kept()] == ["before", "next"]
    assert placed(list(journal.identities())) == [("before", "tools", 1), ("next", "tools", 2)]


async def test_a_journal_that_failed_finds_out_by_itself_that_it_can_write_again(
    open_journal: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody sends events to a server that says that it keeps none."""
    journal = open_journal()
    await append(journal, [record()])
    with pytest.raises(JournalError):
        await append(journal, [record("\ud800")])
    assert journal.failure is not None
    journal.trim()
    while journal.failure is not None:
        await asyncio.sleep(0.01)
    assert await append(journal, [record()]) == [2]


async def test_a_full_queue_refuses_at_once_and_keeps_nothing(open_journal: Open) -> None:
    journal = open_journal(queue_events=10)
    waiting = append(journal, [record() for _ in range(8)])
    with pytest.raises(JournalError, match="8 events are waiting for the disk"):
        append(journal, [record() for _ in range(3)])
    assert await waiting == list(range(1, 9))
    assert await append(journal, [record() for _ in range(30)]) == list(range(9, 39)), "one batch may always wait"
