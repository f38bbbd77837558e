"""Events on their way to the file together."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from eventyard.journal.interface import Then
from eventyard.journal.record import Record
from eventyard.journal.sqlite.discards import Discard

__all__ = ["Batch"]

# Most batches have events only.
_NOTHING: Final[Mapping[Any, int]] = MappingProxyType({})


class Batch:
    """Events that are committed together, or not at all.

    Attributes:
        records: The events, in order.
        size: Bytes of their envelopes.
        then: Called when it is over; ``None`` when nobody waits.
        discards: Runs to be deleted in the same transaction.
        trimmed: By stream and type, the offset of the newest event that was trimmed, as far as it changed.
        had: For each stream, the last offset that any client was given, as far as it changed.
        recorded: When it was committed, in seconds since the epoch.
    """

    __slots__ = ("discards", "had", "recorded", "records", "size", "then", "trimmed")

    def __init__(self, records: Sequence[Record], size: int, then: Then | None = None) -> None:
        """Take ``records``, of ``size`` bytes, and have ``then`` called."""
        self.records = records
        self.size = size
        self.then = then
        self.discards: Sequence[Discard] = ()
        self.trimmed: Mapping[tuple[str, str], int] = _NOTHING
        self.had: Mapping[str, int] = _NOTHING
        self.recorded = 0.0

    @property
    def is_tidying(self) -> bool:
        """Whether more than events is to be written."""
        return bool(self.discards or self.trimmed or self.had or not self.records)
