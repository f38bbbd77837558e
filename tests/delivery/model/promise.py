"""What a server that stands still says to a listener that asks for a beginning."""

from dataclasses import dataclass
from typing import Any

from .listener import Listener
from .yard import MOST_REPLAYED, Yard

__all__ = ["Promise", "promise_of"]


@dataclass(frozen=True)
class Promise:
    """What a listener asks for, and what it must be told.

    Attributes:
        asked: Its ``auth.resume``.
        after: The offset behind which it begins; ``None`` when the buffer policies decide.
        reason: Why it begins there.
        newest: Where the newest begin, if there is more than one client is given.
        had: The last offset that any listener was given, of those who want all.
    """

    asked: Any
    after: int | None
    reason: str
    newest: int | None
    had: int

    def check(self, listener: Listener) -> None:
        """Compare with what ``listener`` was told."""
        begin = listener.segment.begin
        listener.segment.newest = self.newest
        if self.after is None:
            assert begin["reason"] in {"new", "limit"}
            assert begin["from"] >= self.had, f"{listener.name} is given again what others had up to {self.had}"
        else:
            assert (begin["from"], begin["reason"]) == (self.after, self.reason), listener.name
        assert begin["recovered"] == (begin["reason"] in {"ok", "new"}), begin


async def promise_of(yard: Yard, listener: Listener, beginning: str | None, had: int) -> Promise:
    """What ``listener`` is promised that begins at its ``cursor``, or ``earlier``, at the ``latest`` and so on.

    ``had`` is the last offset that any listener was given, of those who want all.
    """
    history, ledger, view = await yard.history(), yard.ledger, listener.view
    kept = {int(event["sequence"]) for event in history["events"]}
    known = ledger.head if listener.cursor is None else listener.reached
    offset = {"earlier": max(0, known - 30), "long ago": 0, "ahead": ledger.head + 5}.get(str(beginning), known)
    asked: Any = {"epoch": "another" if beginning == "another" else yard.epoch, "offset": offset}
    after, reason = offset, "ok"
    if beginning in {"latest", "earliest", None}:
        asked, reason = beginning, "new"
        after = ledger.head if beginning == "latest" else history["oldest"] - 1
    elif beginning in {"another", "ahead"}:
        after, reason = history["oldest"] - 1, "ahead" if beginning == "ahead" else "epoch_changed"
    elif any(
        number > offset and number not in kept and (view.types is None or entry.type in view.types)
        for number, entry in ledger.entries.items()
    ):
        reason = "trimmed"
    mine = [number for number in ledger.expected(view, after, ledger.head) if number in kept]
    newest = None
    if len(mine) > MOST_REPLAYED:
        newest = mine[-MOST_REPLAYED]
        if beginning in {"another", "ahead"}:
            after = newest - 1
        else:
            reason = "limit"
    return Promise(asked, None if beginning is None else after, reason, None if beginning is None else newest, had)
