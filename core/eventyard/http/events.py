"""``POST /v1/events``: events in."""

import time
from collections.abc import Mapping
from functools import partial

from aiohttp import web

from eventyard.events import Issue, Outcome, Status
from eventyard.http.answer import Answer, Reply
from eventyard.http.bodies import EventBody, parse_events, read_events
from eventyard.http.problems import json_answer, problem_answer
from eventyard.http.quota import Quota
from eventyard.metrics import Metrics
from eventyard.pipeline import Errands, Limits, Pipeline, long_receipt, receipt

__all__ = ["EventRoutes"]


class EventRoutes:
    """Takes events in."""

    def __init__(
        self,
        pipeline: Pipeline,
        metrics: Metrics,
        limits: Limits,
        *,
        quota: Quota,
        max_event_size: int,
        max_batch: int,
    ) -> None:
        """Hand events to ``pipeline``, within ``quota``; see :func:`read_events` for the other bounds."""
        self._quota = quota
        self._pipeline = pipeline
        self._time = metrics.stages["receive"]
        self._limits = limits
        self._max_event_size = max_event_size
        self._max_batch = max_batch
        self._errands = Errands()

    def routes(self) -> list[web.RouteDef]:
        """The routes."""
        return [web.post("/v1/events", self.post)]

    async def post(self, request: web.Request) -> web.Response:
        """202 with what became of each event; 422 for a single event that was refused."""
        client = self._quota.admit(request) if self._quota.is_set else ""
        begin = time.perf_counter()
        if client:
            await self._quota.charge_body(client, request)
        body = await read_events(request, self._limits, self._max_event_size, self._max_batch)
        self._time.observe(time.perf_counter() - begin)
        if client:
            self._quota.charge_events(client, len(body.values))
        outcomes = await self._pipeline.process(body.values, "http", guarded=body.guarded)
        return (await _long_answer(body, outcomes)).response()

    def take(self, body: bytes, headers: Mapping[str, str], reply: Reply) -> None:
        """The same for a whole body in one of the :data:`MEDIA_TYPES`, with its headers in lower case.

        Args:
            body: The body.
            headers: The headers.
            reply: Called with the answer, or with what went wrong behind the errors below.

        Raises:
            BodyTooLarge: See :func:`read_events`.
            MalformedBody: See :func:`read_events`.
        """
        begin = time.perf_counter()
        events = parse_events(body, headers["content-type"], self._limits, self._max_event_size, self._max_batch)
        self._time.observe(time.perf_counter() - begin)
        self._pipeline.take(events.values, "http", partial(self._reply, events, reply), guarded=events.guarded)

    def _reply(self, body: EventBody, reply: Reply, outcomes: list[Outcome] | BaseException) -> None:
        if isinstance(outcomes, BaseException):
            reply(outcomes)
        elif [outcome for outcome in outcomes if outcome.issues]:
            self._errands.run(_long_answer(body, outcomes), reply)
        else:
            reply(json_answer(receipt(outcomes), 202))


async def _long_answer(body: EventBody, outcomes: list[Outcome]) -> Answer:
    answer = await long_receipt(outcomes)
    if body.single and outcomes[0].status is Status.REJECTED:
        first: Issue = outcomes[0].issues[0]
        where = first.pointer or "the event"
        return problem_answer(422, "invalid_event", f"{where}: {first.message}", **answer)
    return json_answer(answer, 202)
