"""The time of day: the one place where the server reads it, so that tests can make it stand still."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["now", "reading_time_from"]

# There is one time of day for all servers of a process, as there is one ``time.time``.
_read: Callable[[], float] = time.time


def now() -> float:
    """Seconds since the epoch."""
    return _read()


@contextmanager
def reading_time_from(clock: Callable[[], float]) -> Iterator[None]:
    """Have every server of this process, and :func:`timestamp`, read the time of day from ``clock`` for a while."""
    global _read  # noqa: PLW0603 - see above
    before, _read = _read, clock
    try:
        yield
    finally:
        _read = before
