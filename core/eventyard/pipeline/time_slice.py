"""How long work may hold up the event loop."""

import time
from typing import Final

__all__ = ["TimeSlice"]

#: Seconds. A post that comes meanwhile needs three to four turns until it is answered.
_LENGTH: Final = 0.002


class TimeSlice:
    """What long work takes before the rest of the event loop has its turn."""

    __slots__ = ("_end",)

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Begin anew, after the others' turn."""
        self._end = time.perf_counter() + _LENGTH

    @property
    def is_over(self) -> bool:
        """Whether the others are to have their turn."""
        return time.perf_counter() > self._end
