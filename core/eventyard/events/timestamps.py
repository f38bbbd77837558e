"""RFC 3339 timestamps, as they stand in envelopes."""

from datetime import UTC, datetime

__all__ = ["elapsed_ms", "moment", "timestamp"]


def timestamp(seconds: float | None = None) -> str:
    """``seconds`` since the epoch (now, when omitted) as RFC 3339 in UTC with milliseconds."""
    when = datetime.now(UTC) if seconds is None else datetime.fromtimestamp(seconds, UTC)
    return when.isoformat(timespec="milliseconds")[: -len("+00:00")] + "Z"


def moment(time: str) -> float | None:
    """Seconds since the epoch of an RFC 3339 timestamp.

    ``None`` for what RFC 3339 allows and Python's calendar lacks, a leap second or the year 0, and for what is no
    timestamp at all.
    """
    try:
        when = datetime.fromisoformat(time)
    except ValueError:
        return None
    return None if when.tzinfo is None else when.timestamp()


def elapsed_ms(start: str, stop: str) -> float | None:
    """Milliseconds between two timestamps; ``None`` when their clocks disagree, so that it would be negative."""
    started, stopped = moment(start), moment(stop)
    if started is None or stopped is None or stopped < started:
        return None
    return round((stopped - started) * 1000, 3)
