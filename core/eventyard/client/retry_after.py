"""The header ``Retry-After`` (RFC 9110 §10.2.3)."""

from email.utils import parsedate_to_datetime

from eventyard.events import now

__all__ = ["retry_after"]


def retry_after(text: str | None) -> float | None:
    """The seconds that a server wants to be left alone for; ``None`` when it says nothing that can be read."""
    if text is None:
        return None
    if text.isdecimal():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now())
    except ValueError:
        return None
