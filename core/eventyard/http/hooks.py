"""``POST /v1/hooks/{source}``: foreign bodies in, decoded by the source's plugin."""

import time
from collections.abc import Mapping
from functools import partial

from aiohttp import web

from eventyard.errors import MalformedBody
from eventyard.http.answer import Answer, Reply, answer_of
from eventyard.http.problems import problem_answer
from eventyard.http.quota import Quota
from eventyard.metrics import Metrics
from eventyard.pipeline import ForeignBodies, Limits, read_foreign

__all__ = ["HookRoutes"]


class HookRoutes:
    """Takes the hook calls of agents in."""

    def __init__(self, bodies: ForeignBodies, metrics: Metrics, limits: Limits, quota: Quota) -> None:
        """Hand what is posted to ``bodies``, within ``limits`` and ``quota``."""
        self._quota = quota
        self._bodies = bodies
        self._time = metrics.stages["receive"]
        self._limits = limits

    def routes(self) -> list[web.RouteDef]:
        """The routes."""
        return [web.post("/v1/hooks/{source}", self.post)]

    async def post(self, request: web.Request) -> web.Response:
        """204 without a body, as agents expect; also for what becomes a dead letter, since no agent can mend it."""
        if self._quota.is_set:
            client = self._quota.admit(request)
            await self._quota.charge_body(client, request)
            self._quota.charge_events(client, 1)
        headers = {name.lower(): value for name, value in request.headers.items()}
        taking = partial(self.take, request.match_info["source"], await request.read(), headers)
        return (await answer_of(taking)).response()

    def take(self, source: str, raw: bytes, headers: Mapping[str, str], reply: Reply) -> None:
        """The same for a whole body, with its headers in lower case.

        Args:
            source: Who sent it.
            raw: The body.
            headers: The headers.
            reply: Called with the answer, or with what went wrong: a ``MalformedBody`` for what is no JSON, of which a
                dead letter was made.
        """
        begin = time.perf_counter()
        try:
            body = read_foreign(raw, self._limits)
        except MalformedBody as error:
            self._bodies.keep(source, raw, headers, error, reply)
            return
        finally:
            self._time.observe(time.perf_counter() - begin)
        self._bodies.take(source, body, headers, partial(_reply, source, reply))


def _reply(source: str, reply: Reply, known: bool | BaseException) -> None:
    if isinstance(known, BaseException):
        reply(known)
    elif known:
        reply(Answer(204))
    else:
        reply(problem_answer(404, "unknown_source", f"no installed plugin decodes the source {source!r}"))
