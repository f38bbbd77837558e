"""The way of an event: validate → enrich → duplicate check → route → buffer → commit; broadcast follows the commit."""

import asyncio
import logging
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import orjson

from eventyard.dead_letters import DeadLetters
from eventyard.errors import JournalError
from eventyard.events import BufferMode, Event, Issue, Outcome, Status, timestamp
from eventyard.journal import Journal, Placement, Record
from eventyard.metrics import Metrics
from eventyard.pipeline.batch import Batch
from eventyard.pipeline.duplicates import DuplicateWindow
from eventyard.pipeline.enrichment import Enrichment
from eventyard.pipeline.guards import Limits
from eventyard.pipeline.lane import Lane, lay_lanes
from eventyard.pipeline.refusal import Refusal, refusals_of
from eventyard.pipeline.reports import rejection
from eventyard.pipeline.routing import Routing
from eventyard.pipeline.sinks import Sinks
from eventyard.pipeline.validation import Validation
from eventyard.plugins import CORE, PluginManager

__all__ = ["Audience", "Pipeline", "PipelineLimits"]

log = logging.getLogger(__name__)


class Audience(Protocol):
    """Who listens: what the buffer policies ask, and where events that are not journaled go."""

    def has_subscribers(self, stream: str) -> bool:
        """Whether anybody listens to ``stream``."""

    def send(self, records: Sequence[Record]) -> None:
        """Send events that are not journaled to whoever is there."""


@dataclass(frozen=True, slots=True)
class PipelineLimits:
    """Bounds of the pipeline.

    Attributes:
        max_event_size: Bytes of one event, complete and as JSON.
        duplicate_window: How many events the duplicate check remembers.
        values: Depth and number of nodes of one event.
    """

    max_event_size: int
    duplicate_window: int
    values: Limits


class Pipeline:
    """Takes lists of values in, and gives for each what became of it.

    A list costs one pass: one commit and one wake-up of whoever waits, however many events it has.
    """

    def __init__(
        self,
        plugins: PluginManager,
        *,
        journal: Journal,
        audience: Audience,
        dead_letters: DeadLetters,
        metrics: Metrics,
        limits: PipelineLimits,
        namespaces: Collection[str],
    ) -> None:
        """Connect the stages.

        Args:
            plugins: Types, schemas and chains.
            journal: Where events are kept.
            audience: Who listens.
            dead_letters: Where refused events are kept.
            metrics: Where it counts and times.
            limits: Its bounds.
            namespaces: The namespaces that a route may name.
        """
        envelope = plugins.store.envelope
        self._plugins = plugins
        self._journal = journal
        self._audience = audience
        self._dead_letters = dead_letters
        self._metrics = metrics
        self._limits = limits
        self._validation = Validation(envelope, {}, limits.values)
        self._relay()
        self._enrichment = Enrichment(plugins.store.additions)
        self._routing = Routing(namespaces)
        self.duplicates = DuplicateWindow(limits.duplicate_window)
        self.sinks = Sinks(metrics)
        plugins.on_change(self._relay)

    def knows(self, event_type: str) -> bool:
        """Whether a plugin owns ``event_type``."""
        return event_type in self._lanes

    async def process(self, values: Sequence[object], intake: str, *, guarded: bool = False) -> list[Outcome]:
        """Take ``values`` in, in order; what is refused becomes a dead letter and an ``error`` event.

        Args:
            values: One JSON value an event, of which objects are taken over and completed; or what stands in its place
                and cannot be read.
            intake: How they came in, for dead letters: ``http``, ``socket.io``, ``server`` or a source.
            guarded: Whether depth, size and numbers were already checked while parsing.

        Returns:
            What became of each value, in the same order.

        Raises:
            JournalError: Nothing of the list was kept; the sender may send it again.
        """
        outcomes: list[Outcome] = []
        try:
            await self._take(values, outcomes, guarded=guarded)
        except asyncio.CancelledError:
            # The sender has gone while the others were committed; what it sent is not lost for that.
            self._keep(refusals_of(values, outcomes), intake)
            raise
        if refusals := refusals_of(values, outcomes):
            await self.refuse(refusals, intake)
        return outcomes

    async def attempt(
        self, values: Sequence[object], *, guarded: bool = False, all_or_none: bool = False
    ) -> list[Outcome]:
        """Take ``values`` in as :meth:`process` does, but leave what is refused to the caller.

        With ``all_or_none``, one value that is refused keeps the others from being taken in, whatever their outcome
        would have been.
        """
        outcomes: list[Outcome] = []
        await self._take(values, outcomes, guarded=guarded, all_or_none=all_or_none)
        return outcomes

    async def refuse(self, refusals: Sequence[Refusal], intake: str) -> None:
        """Keep what was refused as dead letters, and tell of each by an ``error`` event."""
        numbers = self._keep(refusals, intake)
        # A refused report must not be reported: it would be refused again.
        if intake == "server" or not self.knows("error"):
            return
        reports = [
            rejection(each.event, each.issues, intake, number) for each, number in zip(refusals, numbers, strict=True)
        ]
        try:
            await self.publish(reports)
        except JournalError as error:
            # The sender's own events are kept, or refused for good; sending them again would help nobody.
            log.error("%d refused events could not be told on /errors: %s", len(reports), error)

    async def publish(self, events: Sequence[Event]) -> list[Outcome]:
        """Take in events that the server or a plugin makes."""
        return await self.process([event.to_dict() for event in events], "server")

    async def _take(
        self, values: Sequence[object], outcomes: list[Outcome], *, guarded: bool, all_or_none: bool = False
    ) -> None:
        """Take ``values`` in, and add what becomes of each to ``outcomes`` as it is decided."""
        begin = time.perf_counter()
        now = timestamp()
        placements: list[Placement | None] = []
        batch = Batch()
        try:
            examine = self._validation.examine
            for value in values:
                examined = examine(value, now, guarded=guarded)
                if isinstance(examined, list):
                    outcomes.append(_refused(value, examined))
                    placements.append(None)
                    continue
                attributes, lane = examined
                event = Event(attributes)
                chain = lane.chain
                if chain.validate and (issues := await self._validation.ask(chain.validate, event)):
                    outcomes.append(_refused(value, issues))
                    placements.append(None)
                    continue
                if chain.enrich:
                    event = await self._enrichment.enrich(event, lane)
                outcome, placement = self._place(event, lane, now, batch)
                outcomes.append(outcome)
                placements.append(placement)
            self._metrics.stages["validate_enrich"].observe(time.perf_counter() - begin)
            if all_or_none and None in placements:
                return
            if batch.records:
                await self._commit(batch)
        finally:
            if not batch.left_behind:
                batch.settle(self.duplicates)
        for outcome, placement in zip(outcomes, placements, strict=True):
            if placement is not None:
                outcome.offset = placement.offset if placement.pending is None else await placement.settled()
        self._count(len(batch.records), len(outcomes) - placements.count(None))

    def _place(self, event: Event, lane: Lane, now: str, batch: Batch) -> tuple[Outcome, Placement | None]:
        """The synchronous rest of the way to the journal, for one event; no placement when it is refused."""
        attributes = event.to_dict()
        identity = attributes["source"], attributes["id"]
        known = self.duplicates.find(identity)
        if known is not None:
            return Outcome(identity[1], Status.DUPLICATE, known.stream), known
        route = self._routing.route(event, lane) if lane.chain.route else lane.route
        policy = self._routing.buffer(event, route, lane) if lane.chain.buffer else lane.policy
        attributes["recordedtime"] = now
        try:
            body = orjson.dumps(attributes)
        except TypeError:
            issue = Issue("json", "", "the event holds what JSON cannot express", owner=str(lane.type.owner))
            return _refused(event, [issue]), None
        if len(body) > self._limits.max_event_size:
            text = f"an event has at most {self._limits.max_event_size} bytes"
            issue = Issue("too_large", "", text, self._limits.max_event_size, str(CORE))
            return _refused(event, [issue]), None
        placement = Placement(route.namespace[1:])
        self.duplicates.remember(identity, placement)
        batch.add(Record(attributes, route, policy, body, placement))
        return Outcome(identity[1], Status.ACCEPTED, placement.stream), placement

    async def _commit(self, batch: Batch) -> None:
        kept: list[Record] = []
        passing: list[Record] = []
        for record in batch.records:
            mode = record.policy.mode
            if mode is BufferMode.ALWAYS_SEND:
                passing.append(record)
            elif mode is BufferMode.DROP_IF_NO_CLIENTS and not self._audience.has_subscribers(record.stream):
                self._metrics.dropped.labels("no_clients").inc()
            else:
                kept.append(record)
        if kept:
            begin = time.perf_counter()
            committed = self._journal.append(kept)
            try:
                await asyncio.shield(committed)
            except asyncio.CancelledError:
                batch.left_behind = True
                committed.add_done_callback(partial(self._conclude, batch, kept, passing))
                raise
            self._metrics.stages["commit"].observe(time.perf_counter() - begin)
        self._accept(batch, kept, passing)

    def _conclude(
        self, batch: Batch, kept: Sequence[Record], passing: Sequence[Record], committed: asyncio.Future[Any]
    ) -> None:
        """Finish for a sender that did not wait: what was under way has been committed meanwhile, or has failed."""
        if not committed.cancelled() and committed.exception() is None:
            self._accept(batch, kept, passing)
            self._count(len(batch.records), len(batch.records))
        batch.settle(self.duplicates)

    def _accept(self, batch: Batch, kept: Sequence[Record], passing: Sequence[Record]) -> None:
        """Pass on what is committed, and what is not to be."""
        batch.accepted = True
        if passing:
            self._audience.send(passing)
        if not self._has_sinks:
            return
        for record in (*kept, *passing):
            lane = self._lanes.get(record.type)
            if lane is not None and lane.chain.emit:
                self.sinks.put(lane.chain.emit, record.event, record.route)

    def _keep(self, refusals: Sequence[Refusal], intake: str) -> list[int | None]:
        """Make dead letters of what was refused; gives their numbers, ``None`` for one that could not be kept."""
        self._metrics.rejected.inc(len(refusals))
        now = timestamp()
        return [self._dead_letters.add(each.letter(now, intake, self._lanes)) for each in refusals]

    def _count(self, accepted: int, taken: int) -> None:
        if accepted:
            self._metrics.accepted.inc(accepted)
        if taken > accepted:
            self._metrics.duplicate.inc(taken - accepted)

    def _relay(self) -> None:
        self._lanes: Mapping[str, Lane] = lay_lanes(self._plugins)
        self._validation.lanes = self._lanes
        self._has_sinks = any(lane.chain.emit for lane in self._lanes.values())


def _refused(value: object, issues: Sequence[Issue]) -> Outcome:
    identity = value.get("id") if isinstance(value, Mapping) else None
    return Outcome(identity if isinstance(identity, str) else None, Status.REJECTED, issues=tuple(issues))
