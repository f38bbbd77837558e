"""The stages of the way from a value to the journal: validate → enrich → duplicate check → route → buffer."""

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from eventyard.events import Event, Issue, Outcome, Status, timestamp
from eventyard.journal import Placement, Record
from eventyard.metrics import Metrics
from eventyard.pipeline.batch import Batch
from eventyard.pipeline.duplicates import DuplicateWindow
from eventyard.pipeline.enrichment import Enrichment, Trail
from eventyard.pipeline.guards import Limits
from eventyard.pipeline.lane import Lane, lay_lanes
from eventyard.pipeline.routing import Routing
from eventyard.pipeline.steps import Steps
from eventyard.pipeline.time_slice import TimeSlice
from eventyard.pipeline.validation import Validation
from eventyard.plugins import CORE, PluginManager
from eventyard.redaction import Redactor

__all__ = ["PipelineLimits", "Stages", "too_large"]


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


class Stages:
    """Brings values as far as the journal.

    Attributes:
        duplicates: The duplicate check.
        lanes: What is decided about each event type, by its name.
        has_sinks: Whether any type has an ``emit`` call.
    """

    def __init__(
        self,
        plugins: PluginManager,
        metrics: Metrics,
        limits: PipelineLimits,
        namespaces: Collection[str],
        redactor: Redactor | None,
    ) -> None:
        """Ask ``plugins``; routes may lead to ``namespaces``; ``redactor`` takes secrets out."""
        self._plugins = plugins
        self._time = metrics.stages["validate_enrich"]
        self._redacted = metrics.redacted
        self._redactor = redactor
        self._max_event_size = limits.max_event_size
        self._validation = Validation(plugins.store.envelope, {}, limits.values)
        self._enrichment = Enrichment(plugins.store.additions, limits.values, limits.max_event_size)
        self._routing = Routing(namespaces)
        self.duplicates = DuplicateWindow(limits.duplicate_window)
        self._relay()
        plugins.on_change(self._relay)

    def steps(self, batch: Batch, *, guarded: bool) -> Steps[None]:
        """Bring the values of ``batch`` as far as the journal.

        Args:
            batch: The values; gets what becomes of each.
            guarded: Whether depth, size and numbers were already checked while parsing.
        """
        begin = time.perf_counter()
        time_slice = TimeSlice()
        now = timestamp()
        examine = self._validation.examine
        for value in batch.values:
            examined = examine(value, now, guarded=guarded)
            if isinstance(examined, list):
                batch.refuse(_refused(value, examined))
                # To tell what is wrong with an event takes a hundred times as long as to see that nothing is.
                if time_slice.is_over:
                    yield asyncio.sleep(0)
                    time_slice.begin()
                continue
            attributes, lane = examined
            chain = lane.chain
            if chain.validate and (issues := (yield from self._validation.ask(chain.validate, Event(attributes)))):
                batch.refuse(_refused(value, issues))
                continue
            attributes["recordedtime"] = now
            shown = bool(chain.validate)
            trail: Trail = None
            # One after the other: each sees what those before it added.
            for call in chain.enrich:
                enriched = yield from self._enrichment.enrich(attributes, lane, call)
                if enriched is attributes:
                    shown = True
                else:
                    trail = call, attributes, trail
                    attributes, shown = enriched, False
            self._place(attributes, lane, batch, trail, shown=shown)
        self._time.observe(time.perf_counter() - begin)

    def _place(self, attributes: dict[str, Any], lane: Lane, batch: Batch, trail: Trail, *, shown: bool) -> None:
        """The synchronous rest of the way to the journal, for one event.

        Args:
            attributes: Its envelope.
            lane: What is decided about its type.
            batch: Gets what becomes of it.
            trail: What plugins have added.
            shown: Whether a plugin may have kept ``attributes`` as an event.
        """
        identity: str = attributes["id"]
        key = attributes["source"], identity
        known = self.duplicates.find(key)
        if known is not None:
            batch.repeat(identity, known)
            return
        route = self._routing.route(Event(attributes), lane) if lane.chain.route else lane.route
        policy = self._routing.buffer(Event(attributes), route, lane) if lane.chain.buffer else lane.policy
        try:
            body = orjson.dumps(attributes)
        except TypeError:
            issue = Issue("json", "", "the event holds what JSON cannot express", owner=str(lane.type.owner))
            batch.refuse(_refused(attributes, [issue]))
            return
        if len(body) > self._max_event_size and trail is not None:
            # What the sender sent may fit.
            fitting = self._enrichment.fitting(attributes, lane, trail)
            if fitting is not None:
                attributes, body = fitting
                shown = True
        if len(body) > self._max_event_size:
            batch.refuse(_refused(attributes, [too_large(self._max_event_size)]))
            return
        # Behind the plugins, so that nothing comes past it, and before anything is kept or sent.
        if self._redactor is not None and self._redactor.suspects(body):
            clean = self._redactor.event(attributes)
            if clean is not attributes:
                attributes, body = clean, orjson.dumps(clean)
                self._redacted.inc()
        placement = Placement(lane.stream if route is lane.route else route.namespace[1:])
        self.duplicates.remember(key, placement)
        if shown or lane.chain.route or lane.chain.buffer:
            # What a plugin was asked about stays as it is.
            attributes = attributes.copy()
        batch.add(identity, Record(attributes, route, policy, body, placement))

    def _relay(self) -> None:
        self.lanes: Mapping[str, Lane] = lay_lanes(self._plugins)
        self._validation.lanes = self.lanes
        self.has_sinks = any(lane.chain.emit for lane in self.lanes.values())


def too_large(most: int) -> Issue:
    """What speaks against an event of more than ``most`` bytes."""
    return Issue("too_large", "", f"an event has at most {most} bytes", most, str(CORE))


def _refused(value: object, issues: Sequence[Issue]) -> Outcome:
    identity = value.get("id") if isinstance(value, Mapping) else None
    return Outcome(identity if isinstance(identity, str) else None, Status.REJECTED, issues=tuple(issues))
