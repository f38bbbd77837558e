"""The new events of one list, on their way to the journal together."""

import asyncio

from eventyard.journal import Record
from eventyard.pipeline.duplicates import DuplicateWindow

__all__ = ["Batch"]


class Batch:
    """The new events of one list.

    Attributes:
        records: The events.
        accepted: Whether they were committed.
        left_behind: Whether nobody waits for the commit any more.
    """

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.accepted = False
        self.left_behind = False
        self._pending: asyncio.Future[bool] | None = None

    def add(self, record: Record) -> None:
        """Take a new event; who sends it again meanwhile waits for what becomes of it."""
        if self._pending is None:
            self._pending = asyncio.get_running_loop().create_future()
        record.placement.pending = self._pending
        self.records.append(record)

    def settle(self, duplicates: DuplicateWindow) -> None:
        """Tell those who wait; what was not committed may be sent again."""
        if self._pending is not None:
            self._pending.set_result(self.accepted)
        for record in self.records:
            record.placement.pending = None
            if not self.accepted:
                duplicates.forget(record.event)
