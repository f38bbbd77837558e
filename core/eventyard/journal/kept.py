"""What the index is told of an event that was kept before, and what it tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from eventyard.journal.interface import Hole

__all__ = ["Kept", "Stretch", "Trimmed"]


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


class Trimmed(NamedTuple):
    """Events that are no longer kept.

    Attributes:
        stream: Name of their stream.
        type: Their event type.
        offsets: Their places, ascending.
    """

    stream: str
    type: str
    offsets: Sequence[int]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A page without its events: the chosen offsets, and as in :class:`Page` what it covers and what is missing."""

    offsets: list[int]
    through: int
    holes: list[Hole]
