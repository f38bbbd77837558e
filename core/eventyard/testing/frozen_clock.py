"""A clock that stands still."""

from contextlib import ExitStack
from typing import Final, Self

from eventyard.events import moment, reading_time_from, timestamp

__all__ = ["FrozenClock"]

_BEGIN: Final = "2026-01-31T12:00:00.000Z"


class FrozenClock:
    """The time of day of all servers of this process, which stands still until it is told to go on.

    It is noon of 31 January 2026, UTC. Timers and timeouts run on all the same.
    """

    def __init__(self) -> None:
        self._seconds = moment(_BEGIN) or 0.0
        self._held = ExitStack()

    def __enter__(self) -> Self:
        self._held.enter_context(reading_time_from(lambda: self._seconds))
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    @property
    def time(self) -> str:
        """The time of day, RFC 3339, as servers fill it in."""
        return timestamp(self._seconds)

    def advance(self, seconds: float) -> None:
        """Go on by ``seconds``; back, when they are negative."""
        self._seconds += seconds

    def set(self, time: str) -> None:
        """Go to ``time``, RFC 3339.

        Raises:
            ValueError: It is no such time.
        """
        seconds = moment(time)
        if seconds is None:
            message = f"expected an RFC 3339 timestamp such as {_BEGIN}, got {time!r}"
            raise ValueError(message)
        self._seconds = seconds
