"""The one thread that writes outlives whatever it is given."""

from pathlib import Path

import pytest
from eventyard import BufferPolicy, Route
from eventyard.errors import JournalError
from eventyard.journal import Placement, Quotas, Record, SqliteJournal

from .appending import append


def record(event_type: str) -> Record:
    attributes = {"id": "e", "source": "/test", "type": event_type, "data": {}}
    return Record(attributes, Route("/tools"), BufferPolicy.buffer_if_no_clients(), b"{}", Placement("tools"))


async def test_what_sqlite_cannot_take_fails_alone_and_the_journal_goes_on(tmp_path: Path) -> None:
    """A text with half a surrogate pair stops at the conversion, before SQLite could say anything."""
    journal = SqliteJournal(
        tmp_path, "full", Quotas(10, 1 << 20), queue_events=10, queue_bytes=1 << 20, duplicate_window=100
    )
    journal.open()
    await append(journal, [record("fine")])
    with pytest.raises(JournalError, match="could not be written"):
        await append(journal, [record("\ud800")])
    assert "could not be written" in str(journal.failure)
    await append(journal, [record("fine")])
    assert (journal.head("tools"), journal.failure) == (2, None)
    await journal.close()
