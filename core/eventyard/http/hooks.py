"""``POST /v1/hooks/{source}``: foreign bodies in, decoded by the source's plugin."""

import time
from collections.abc import Mapping

from aiohttp import web

from eventyard.errors import BodyTooLarge
from eventyard.http.answer import Answer
from eventyard.http.problems import problem_answer
from eventyard.metrics import Metrics
from eventyard.pipeline import ForeignBodies, Limits, parse

__all__ = ["HookRoutes"]


class HookRoutes:
    """Takes the hook calls of agents in."""

    def __init__(self, bodies: ForeignBodies, metrics: Metrics, limits: Limits, max_event_size: int) -> None:
        """Hand bodies of at most ``max_event_size`` bytes to ``bodies``."""
        self._bodies = bodies
        self._metrics = metrics
        self._limits = limits
        self._max_event_size = max_event_size

    def routes(self) -> list[web.RouteDef]:
        """The routes."""
        return [web.post("/v1/hooks/{source}", self.post)]

    async def post(self, request: web.Request) -> web.Response:
        """204 without a body, as agents expect; also for what becomes a dead letter, since no agent can mend it."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        return (await self.take(request.match_info["source"], await request.read(), headers)).response()

    async def take(self, source: str, raw: bytes, headers: Mapping[str, str]) -> Answer:
        """The same for a whole body, with its headers in lower case."""
        begin = time.perf_counter()
        if len(raw) > self._max_event_size:
            message = f"a hook body has at most {self._max_event_size} bytes, this one has {len(raw)}"
            raise BodyTooLarge(message)
        body = parse(raw, self._limits)
        self._metrics.stages["receive"].observe(time.perf_counter() - begin)
        if not await self._bodies.take(source, body, headers):
            return problem_answer(404, "unknown_source", f"no installed plugin decodes the source {source!r}")
        return Answer(204)
