"""A list of values on its way in: what becomes of each, and the new events that are committed together."""

import asyncio
from collections.abc import Sequence
from typing import Final

from eventyard.events import Outcome, Status
from eventyard.journal import Placement, Record
from eventyard.pipeline.duplicates import DuplicateWindow
from eventyard.pipeline.refusal import Refusal, refusals_of

__all__ = ["Batch"]

# Python 3.11 looks up a member of an enumeration by a function of its own, which takes 0.2 µs.
_ACCEPTED: Final = Status.ACCEPTED


class Batch:
    """A list of values on its way in.

    Attributes:
        values: The values.
        outcomes: What became of each, as far as that is decided.
        records: The new events among them.
        refused: How many were refused.
        accepted: Whether the new events were committed.
        error: Why they could not be.
    """

    __slots__ = ("_placements", "_settled", "accepted", "error", "outcomes", "records", "refused", "values")

    def __init__(self, values: Sequence[object]) -> None:
        """Begin with ``values``."""
        self.values = values
        self.outcomes: list[Outcome] = []
        self.records: list[Record] = []
        self.refused = 0
        self.accepted = False
        self.error: BaseException | None = None
        self._placements: list[Placement | None] = []
        # Made by the first who waits, since hardly ever anybody does.
        self._settled: asyncio.Future[None] | None = None

    @property
    def refusals(self) -> list[Refusal]:
        """What was refused."""
        return refusals_of(self.values, self.outcomes) if self.refused else []

    def refuse(self, outcome: Outcome) -> None:
        """Take note that the next value was refused."""
        self.outcomes.append(outcome)
        self._placements.append(None)
        self.refused += 1

    def repeat(self, identity: str, placement: Placement) -> None:
        """Take note that the next value is an event that came before."""
        self.outcomes.append(Outcome(identity, Status.DUPLICATE, placement.stream))
        self._placements.append(placement)

    def add(self, identity: str, record: Record) -> None:
        """Take a new event; who sends it again meanwhile waits for what becomes of it."""
        placement = record.placement
        placement.pending = self
        self.records.append(record)
        self.outcomes.append(Outcome(identity, _ACCEPTED, placement.stream))
        self._placements.append(placement)

    async def wait(self) -> bool:
        """Whether the events were committed, when that is known."""
        if self._settled is None:
            self._settled = asyncio.get_running_loop().create_future()
        # Many may wait, and one of them that goes must not take the answer from the others.
        await asyncio.shield(self._settled)
        return self.accepted

    def settle(self, duplicates: DuplicateWindow) -> None:
        """Tell those who wait; what was not committed may be sent again."""
        for record in self.records:
            record.placement.pending = None
            if self.accepted:
                duplicates.settle(record.key, record.placement)
            else:
                duplicates.forget(record.key)
        if self._settled is not None:
            self._settled.set_result(None)

    def tell_offsets(self) -> bool:
        """Write the offsets into the outcomes; ``False`` when that of an event which others have sent is not known."""
        for outcome, placement in zip(self.outcomes, self._placements, strict=True):
            if placement is not None:
                if placement.pending is not None:
                    return False
                outcome.offset = placement.offset
        return True

    async def settled(self) -> list[Outcome]:
        """The outcomes with all offsets, when it is known where the events are that others have sent.

        Raises:
            JournalError: One of them could not be kept, so that it must be sent again.
        """
        for placement in self._placements:
            if placement is not None:
                await placement.settled()
        self.tell_offsets()
        return self.outcomes
