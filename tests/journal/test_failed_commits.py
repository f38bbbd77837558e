"""Commits that fail or are refused: nothing of them is there, and the journal goes on."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from eventyard.errors import JournalError

from .appending import append
from .files import Open, offsets, placed, record, stored


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
