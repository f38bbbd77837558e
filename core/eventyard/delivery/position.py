"""Where a client starts to read: what it asks for when it joins, and what it is told."""

from dataclasses import dataclass, replace
from typing import Literal

from eventyard.delivery.stream import Stream
from eventyard.delivery.view import View
from eventyard.journal import Journal
from eventyard.settings import DeliverySettings

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
        offset: It is given what is behind this offset, or told of it.
        reason: ``ok`` when the cursor holds, ``new`` without one, ``trimmed`` when part of what it missed is gone,
            ``limit`` when it is more than one client is given, ``epoch_changed`` or ``ahead`` when the cursor belongs
            to another store.
        fresh_after: For a client without a cursor: events up to here that some client has had are left out, unless
            their policy is *always buffer*.
        passed_over: With ``limit``: it is told of what is behind ``offset`` up to here, and given what follows.
    """

    offset: int
    reason: Literal["ok", "new", "trimmed", "limit", "epoch_changed", "ahead"]
    fresh_after: int | None = None
    passed_over: int | None = None

    @property
    def begin(self) -> int:
        """It is given what is behind this offset."""
        return self.offset if self.passed_over is None else self.passed_over

    @property
    def recovered(self) -> bool:
        """Whether the client will have missed nothing."""
        return self.reason in {"ok", "new"}


def start_of(resume: Resume, stream: Stream, journal: Journal, view: View, settings: DeliverySettings) -> Start:
    """Where a client that asks for ``resume`` starts to read.

    Args:
        resume: What it asks for.
        stream: The stream that it joins, with nothing pending.
        journal: Where the stream is kept.
        view: What it wants to see.
        settings: How much one client is given of what it missed.
    """
    start = _wanted(resume, stream, journal, view)
    newest = journal.newest(
        stream.name,
        settings.replay_events,
        settings.replay_bytes,
        after=start.offset,
        types=view.types,
        sessions=view.sessions,
    )
    if newest == start.offset:
        return start
    if start.reason in {"epoch_changed", "ahead"}:
        # It is told that it missed something that nobody can count. This belongs to it.
        return replace(start, offset=newest)
    return replace(start, reason="limit", passed_over=newest)


def _wanted(resume: Resume, stream: Stream, journal: Journal, view: View) -> Start:
    before_oldest = journal.oldest(stream.name) - 1
    if resume is None:
        if stream.always_buffered:
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
    missing = journal.missing_after(stream.name, resume.offset, view.types)
    return Start(resume.offset, "trimmed" if missing else "ok")
