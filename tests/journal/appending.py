"""What tests wait for: that a journal has committed."""

import asyncio
from collections.abc import Sequence

from eventyard.errors import JournalError
from eventyard.journal import Journal, Record

__all__ = ["append"]


def append(journal: Journal, records: Sequence[Record]) -> asyncio.Future[list[int]]:
    """Have ``records`` committed; gives their offsets when they are, or raises what kept them from being."""
    offsets: asyncio.Future[list[int]] = asyncio.get_running_loop().create_future()

    def then(error: JournalError | None) -> None:
        if error is None:
            offsets.set_result([record.offset or 0 for record in records])
        else:
            offsets.set_exception(error)

    journal.append(records, then)
    return offsets
