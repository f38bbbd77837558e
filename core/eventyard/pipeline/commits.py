"""The last step of the way in: the commit, and then whoever is told of it."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol, TypeAlias

from eventyard.errors import JournalError
from eventyard.events import BufferMode
from eventyard.journal import Journal, Record
from eventyard.metrics import Metrics
from eventyard.pipeline.batch import Batch
from eventyard.pipeline.sinks import Sinks
from eventyard.pipeline.stages import Stages

__all__ = ["Audience", "Commits"]

_Then: TypeAlias = Callable[[Batch], None]

# Python 3.11 looks up a member of an enumeration by a function of its own, which takes 0.2 µs.
_ALWAYS_SEND: Final = BufferMode.ALWAYS_SEND
_DROP_IF_NO_CLIENTS: Final = BufferMode.DROP_IF_NO_CLIENTS


class Audience(Protocol):
    """Who listens: what the buffer policies ask, and where events that are not journaled go."""

    def has_subscribers(self, stream: str) -> bool:
        """Whether anybody listens to ``stream``."""

    def send(self, records: Sequence[Record]) -> None:
        """Send events that are not journaled to whoever is there."""


@dataclass(slots=True)
class _Commit:
    """A batch whose commit is under way: its events that are journaled, and those that are not."""

    batch: Batch
    kept: list[Record]
    passing: list[Record]
    begin: float
    then: _Then


class Commits:
    """Has the events of batches committed, and tells of those that are.

    Attributes:
        sinks: Calls ``emit``.
    """

    def __init__(self, stages: Stages, journal: Journal, audience: Audience, metrics: Metrics) -> None:
        """Keep in ``journal`` what comes from ``stages``, and send to ``audience`` what is not to be kept."""
        self._stages = stages
        self._journal = journal
        self._audience = audience
        self._metrics = metrics
        self._time = metrics.stages["commit"]
        self.sinks = Sinks(metrics)

    def commit(self, batch: Batch, then: _Then) -> None:
        """Have the new events of ``batch`` committed, and call ``then`` when they are or cannot be."""
        kept: list[Record] = []
        passing: list[Record] = []
        for record in batch.records:
            mode = record.policy.mode
            if mode is _ALWAYS_SEND:
                passing.append(record)
            elif mode is _DROP_IF_NO_CLIENTS and not self._audience.has_subscribers(record.stream):
                self._metrics.dropped.labels("no_clients").inc()
            else:
                kept.append(record)
        commit = _Commit(batch, kept, passing, time.perf_counter(), then)
        if not kept:
            self._conclude(commit)
            return
        try:
            self._journal.append(kept, partial(self._committed, commit))
        except JournalError as error:
            self._conclude(commit, error)

    def drop(self, batch: Batch) -> None:
        """Let go of the new events of ``batch``, which may be sent again."""
        batch.settle(self._stages.duplicates)

    def _committed(self, commit: _Commit, error: JournalError | None) -> None:
        self._time.observe(time.perf_counter() - commit.begin)
        self._conclude(commit, error)

    def _conclude(self, commit: _Commit, error: JournalError | None = None) -> None:
        """Pass on what is committed, and what is not to be; called in commit order."""
        batch = commit.batch
        batch.error = error
        if error is None:
            batch.accepted = True
            if commit.passing:
                self._audience.send(commit.passing)
            if self._stages.has_sinks:
                self._send_to_sinks((*commit.kept, *commit.passing))
            self._count(len(batch.records), len(batch.outcomes) - batch.refused)
        batch.settle(self._stages.duplicates)
        commit.then(batch)

    def _send_to_sinks(self, records: Iterable[Record]) -> None:
        for record in records:
            lane = self._stages.lanes.get(record.type)
            if lane is not None and lane.chain.emit:
                self.sinks.put(lane.chain.emit, record.event, record.route)

    def _count(self, accepted: int, taken: int) -> None:
        if accepted:
            self._metrics.accepted.inc(accepted)
        if taken > accepted:
            self._metrics.duplicate.inc(taken - accepted)
