"""RFC 3339 timestamps, as they stand in envelopes."""

from datetime import UTC, datetime
from functools import lru_cache

from eventyard.events.clock import now

__all__ = ["elapsed_ms", "moment", "timestamp"]


def timestamp(seconds: float | None = None) -> str:
    """``seconds`` since the epoch (now, when omitted) as RFC 3339 in UTC with milliseconds."""
    if seconds is None:
        return _at_millisecond(int(now() * 1000))
    return _written(datetime.fromtimestamp(seconds, UTC))


@lru_cache(maxsize=1)
def _at_millisecond(milliseconds: int) -> str:
    # Under load, many events come in the same millisecond.
    return _written(datetime.fromtimestamp(milliseconds // 1000, UTC).replace(microsecond=milliseconds % 1000 * 1000))


def _written(when: datetime) -> str:
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(time: str) -> float | None:
    """Seconds since the epoch of an RFC 3339 timestamp.

    ``None`` for what RFC 3339 allows and Python's calendar lacks, a leap second or the year 0, and for what is no
    timestamp at all.
    """
    when = _read(time)
    return None if when is None else when.timestamp()


def elapsed_ms(start: str, stop: str) -> float | None:
    """Milliseconds between two timestamps; ``None`` when their clocks disagree, so that it would be negative."""
    started, stopped = _read(start), _read(stop)
    if started is None or stopped is None or stopped < started:
        return None
    # Exact, where a difference of floating point seconds would have to be rounded.
    elapsed = stopped - started
    return ((elapsed.days * 86400 + elapsed.seconds) * 1_000_000 + elapsed.microseconds) / 1000


def _read(time: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(time)
    except ValueError:
        return None
    return None if when.tzinfo is None else when
