"""A journal in the directory of a test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from eventyard.journal import Quotas, SqliteJournal
from eventyard.journal.sqlite.database import Durability

from .files import Open


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
        durability: Durability = "full",
    ) -> SqliteJournal:
        journal = SqliteJournal(
            directory,
            durability,
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
