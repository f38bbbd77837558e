"""``POST /v1/events``: events in."""

import time
from collections.abc import Mapping

from aiohttp import web

from eventyard.events import Issue, Status
from eventyard.http.answer import Answer
from eventyard.http.bodies import EventBody, parse_events, read_events
from eventyard.http.problems import json_answer, problem_answer
from eventyard.metrics import Metrics
from eventyard.pipeline import Limits, Pipeline, receipt

__all__ = ["EventRoutes"]


class EventRoutes:
    """Takes events in."""

    def __init__(
        self, pipeline: Pipeline, metrics: Metrics, limits: Limits, max_event_size: int, max_batch: int
    ) -> None:
        """Hand events to ``pipeline``; see :func:`read_events` for the bounds."""
        self._pipeline = pipeline
        self._metrics = metrics
        self._limits = limits
        self._max_event_size = max_event_size
        self._max_batch = max_batch

    def routes(self) -> list[web.RouteDef]:
        """The routes."""
        return [web.post("/v1/events", self.post)]

    async def post(self, request: web.Request) -> web.Response:
        """202 with what became of each event; 422 for a single event that was refused."""
        begin = time.perf_counter()
        body = await read_events(request, self._limits, self._max_event_size, self._max_batch)
        return (await self._answer(body, begin)).response()

    async def take(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """The same for a whole body in one of the :data:`MEDIA_TYPES`, with its headers in lower case."""
        begin = time.perf_counter()
        media_type = headers["content-type"]
        return await self._answer(
            parse_events(body, media_type, self._limits, self._max_event_size, self._max_batch), begin
        )

    async def _answer(self, body: EventBody, begin: float) -> Answer:
        self._metrics.stages["receive"].observe(time.perf_counter() - begin)
        outcomes = await self._pipeline.process(body.values, "http", guarded=body.guarded)
        answer = receipt(outcomes)
        if body.single and outcomes[0].status is Status.REJECTED:
            first: Issue = outcomes[0].issues[0]
            where = first.pointer or "the event"
            return problem_answer(422, "invalid_event", f"{where}: {first.message}", **answer)
        return json_answer(answer, 202)
