"""When a message that was not taken is posted again."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

__all__ = ["Backoff"]


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits that double, up to a longest one, each shortened by chance so that many senders do not come at once.

    Attributes:
        attempts: How often a message is posted at most.
        first_delay: Seconds at most before the second attempt.
        longest_delay: Seconds at most between two attempts.
    """

    attempts: int
    first_delay: float
    longest_delay: float

    def delay(self, attempt: int, retry_after: str | None) -> float:
        """Seconds to wait behind the ``attempt``-th try, counted from 1, that was answered with ``retry_after``."""
        asked = _seconds(retry_after)
        if asked is not None:
            return min(asked, self.longest_delay)
        # Of float, which has no end: 2 ** 100 is too much for a multiplication of whole numbers to stay small.
        ceiling = min(self.longest_delay, self.first_delay * 2.0 ** (attempt - 1))
        return random.uniform(ceiling / 2, ceiling)  # noqa: S311 - spreads load, hides nothing


def _seconds(retry_after: str | None) -> float | None:
    """The header ``Retry-After`` (RFC 9110 §10.2.3), seconds or a date, as seconds; ``None`` for anything else."""
    if retry_after is None:
        return None
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after[:9])
    try:
        when = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
