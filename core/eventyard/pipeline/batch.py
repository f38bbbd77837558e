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
        # Made by the first who waits, since hardly ever anybody does.
        self._settled: asyncio.Future[None] | None = None

    def add(self, record: Record) -> None:
        """Take a new event; who sends it again meanwhile waits for what becomes of it."""
        record.placement.pending = self
        self.records.append(record)

    async def wait(self) -> bool:
        """Whether the events were committed, when that is known."""
        if self._settled is None:
            self._settled = asyncio.get_running_loop().create_future()
        # Many may wait, and one of them that goes must not take the answer from the others.
        await asyncio.shield(self._settled)
        return self.accepted

    def settle(self, duplicates: DuplicateWindow) -> None:
        """Tell those who wait; what was not committed may be sent again."""
        if self._settled is not None:
            self._settled.set_result(None)
        for record in self.records:
            record.placement.pending = None
            if not self.accepted:
                duplicates.forget((record.event["source"], record.event["id"]))
