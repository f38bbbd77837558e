"""What the index knows of an event that is kept, and of a page of them."""

from dataclasses import dataclass
from typing import NamedTuple

from eventyard.journal.interface import Hole

__all__ = ["Kept", "Stretch"]


class Kept(NamedTuple):
    """One event that is kept.

    Attributes:
        stream: Name of its stream.
        offset: Its place there.
        type: Its event type.
        session: The session that it belongs to.
        size: Bytes of its envelope.
        recorded: When it was accepted, in seconds since the epoch.
    """

    stream: str
    offset: int
    type: str
    session: str | None
    size: int
    recorded: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """A page without its events: the chosen offsets, and as in :class:`Page` what it covers and what is missing."""

    offsets: list[int]
    through: int
    holes: list[Hole]
