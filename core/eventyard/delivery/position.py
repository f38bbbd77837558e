"""Where a client starts to read: what it asks for when it joins, and what it is told."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from eventyard.delivery.stream import Stream
from eventyard.journal import Journal

__all__ = ["Cursor", "Resume", "Start", "start_of"]


@dataclass(frozen=True, slots=True)
class Cursor:
    """What a client has seen: all up to ``offset`` of the store ``epoch``."""

    epoch: str
    offset: int


#: ``None`` leaves it to the buffer policies; ``latest`` is nothing of the past, ``earliest`` all that is kept.
Resume = Cursor | Literal["latest", "earliest"] | None


@dataclass(frozen=True, slots=True)
class Start:
    """Where a client starts to read.

    Attributes:
        offset: It is given what is behind this offset.
        reason: ``ok`` when the cursor holds, ``new`` without one, ``trimmed`` when part of what it missed is gone,
            ``epoch_changed`` or ``ahead`` when the cursor belongs to another store.
        fresh_after: For a client without a cursor: events up to here that some client has had are left out, unless
            their policy is *always buffer*.
    """

    offset: int
    reason: Literal["ok", "new", "trimmed", "epoch_changed", "ahead"]
    fresh_after: int | None = None

    @property
    def recovered(self) -> bool:
        """Whether the client will have missed nothing."""
        return self.reason in {"ok", "new"}


def start_of(
    resume: Resume, stream: Stream, journal: Journal, *, always_buffered: bool, types: Collection[str] | None
) -> Start:
    """Where a client that asks for ``resume`` starts to read.

    Args:
        resume: What it asks for.
        stream: The stream that it joins, with nothing pending.
        journal: Where the stream is kept.
        always_buffered: Whether the stream has a type whose events every new client is given.
        types: The types whose events it wants; ``None`` for all.
    """
    before_oldest = journal.oldest(stream.name) - 1
    if resume is None:
        if always_buffered:
            return Start(before_oldest, "new", stream.had)
        return Start(min(stream.had, stream.position), "new", stream.had)
    if resume == "latest":
        return Start(stream.position, "new")
    if resume == "earliest":
        return Start(before_oldest, "new")
    if resume.epoch != stream.epoch:
        return Start(before_oldest, "epoch_changed")
    if resume.offset > stream.position:
        return Start(before_oldest, "ahead")
    missing = journal.missing_after(stream.name, resume.offset, types)
    return Start(resume.offset, "trimmed" if missing else "ok")
