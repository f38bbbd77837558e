"""Compares what listeners were given with what senders were told."""

from collections.abc import Collection, Iterator
from typing import Any

from tests.delivery.board import SIGNAL

from .ledger import Ledger
from .listener import Segment

__all__ = ["Witness"]


class Witness:
    """Looks at one segment: each event once and in order, or covered by one gap that is true."""

    def __init__(self, segment: Segment, ledger: Ledger, kept: Collection[int]) -> None:
        """Compare ``segment`` with ``ledger``, when the journal keeps the offsets ``kept``."""
        self._segment = segment
        self._view = segment.view
        self._ledger = ledger
        self._kept = kept
        self._reached = segment.after
        # What the next list follows; events and signals that come singly do not move it.
        self._told = segment.after
        self._acked = segment.after
        self._unacked: list[int] = []
        self._signals: list[int] = []
        self._missed_signals = 0

    def missing(self) -> list[str]:
        """What the listener was not given yet, and not told to have missed."""
        for _ in self.findings():
            pass
        return [*self._skipped(self._ledger.head), *self._missing_signals()]

    def findings(self) -> Iterator[str]:
        """What is wrong with what it was given, in sentences."""
        for name, body in self._segment.log:
            if name == "gap":
                yield from self._gap(body)
            elif name == "events":
                yield from self._batch(body)
            elif name == "acked":
                self._acked = max(self._acked, body)
                self._unacked = [offset for offset in self._unacked if offset > self._acked]
            elif "sequence" in body:
                if self._view.batch:
                    yield f"{body['sequence']} came outside of a list"
                yield from self._event(body)
            else:
                yield from self._signal(body)

    def _event(self, body: dict[str, Any]) -> Iterator[str]:
        offset = int(body["sequence"])
        entry = self._ledger.entries.get(offset)
        if offset <= self._reached:
            yield f"{offset} came behind {self._reached}: twice, or out of order"
            return
        yield from self._skipped(offset - 1)
        self._reached = offset
        if entry is None or (entry.id, entry.type) != (body["id"], body["type"]):
            yield f"{offset} is {body['id']} of {body['type']}, and the sender was told {entry}"
        elif not self._view.shows(entry.type, entry.session):
            yield f"{offset} is not for this listener: {entry}"
        self._unacked.append(offset)
        if self._view.window is not None and len(self._unacked) > self._view.window:
            yield f"{offset} is beyond the window: {self._unacked} are not acknowledged"

    def _batch(self, body: dict[str, Any]) -> Iterator[str]:
        if not self._view.batch:
            yield "a list came that nobody asked for"
        # Those who share a view share lists: who joined last may have been told more already.
        if body["previous"] > self._told:
            yield f"a list follows {body['previous']}, and the one before ended at {self._told}"
        if body["offset"] <= body["previous"]:
            yield f"a list from {body['previous']} to {body['offset']}"
        for event in body["events"]:
            yield from self._event(event)
        if body["offset"] < self._reached:
            yield f"a list up to {body['offset']} when {self._reached} was reached"
        yield from self._skipped(body["offset"])
        self._told = self._reached = max(self._reached, body["offset"])

    def _gap(self, gap: dict[str, Any]) -> Iterator[str]:
        after, resume_at, reason, count = (gap[name] for name in ("after", "resume_at", "reason", "count"))
        if after < self._reached:
            yield f"a gap behind {after}, and {self._reached} was reached: something is covered twice"
        yield from self._skipped(after)
        missing = list(self._ledger.expected(self._view, after, resume_at - 1))
        if reason == "slow_consumer":
            self._missed_signals += count
            if resume_at != after + 1:
                yield f"a gap for what has no offset moves on: {gap}"
            missing = []
        elif reason == "epoch_changed":
            if count is not None:
                yield f"a gap knows what nobody knows: {gap}"
        elif count != resume_at - after - 1 or count < 1:
            yield f"a gap counts wrong: {gap}"
        if reason == "trimmed" and (there := [offset for offset in missing if offset in self._kept]):
            yield f"a gap tells that {there} are trimmed, and they are kept"
        if reason not in {"slow_consumer", "epoch_changed", "trimmed", "limit"}:
            yield f"a gap for a reason that cannot be: {gap}"
        if reason in {"epoch_changed", "limit"} and self._segment.begin["reason"] == "ok":
            yield f"all that was missed was promised, and then a gap: {gap}"
        if reason == "limit" and self._segment.newest not in {None, resume_at}:
            yield f"the newest that one client is given begin at {self._segment.newest}: {gap}"
        if reason == "slow_consumer":
            self._reached = max(self._reached, after)
        else:
            self._told = self._reached = max(self._reached, resume_at - 1)

    def _signal(self, body: dict[str, Any]) -> Iterator[str]:
        number = body["data"]["number"]
        if body["type"] != SIGNAL or not self._view.shows(SIGNAL, body["session"]):
            yield f"{body['type']} {body['id']} is not for this listener"
        if self._signals and number <= self._signals[-1]:
            yield f"signal {number} came behind {self._signals[-1]}"
        self._signals.append(number)

    def _missing_signals(self) -> Iterator[str]:
        """What was sent when the listener was there must have come, or been told as missed."""
        due = [
            number
            for number, entry in enumerate(self._ledger.signals)
            if number >= self._segment.signals and self._view.shows(entry.type, entry.session)
        ]
        came = [number for number in self._signals if number >= self._segment.signals]
        if len(came) + self._missed_signals < len(due):
            yield f"of the signals {due} came {came}, and {self._missed_signals} were told as missed"

    def _skipped(self, through: int) -> Iterator[str]:
        """What lies between what was reached and ``through`` must not be for the listener."""
        if skipped := list(self._ledger.expected(self._view, self._reached, through)):
            yield f"behind {self._reached}, {skipped} did not come, and no gap said so"
