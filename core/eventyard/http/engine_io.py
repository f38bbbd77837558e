"""The route of Engine.IO, around python-socketio's own handler."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import socketio
from aiohttp import web

from eventyard.access import RateLimit
from eventyard.delivery import Engine
from eventyard.errors import RateLimited
from eventyard.http.gate import SOCKET_PATH
from eventyard.http.problems import problem
from eventyard.metrics import Metrics

__all__ = ["EngineRoute"]


class EngineRoute:
    """Counts connections, and takes from requests what python-socketio would do otherwise."""

    def __init__(
        self,
        server: socketio.AsyncServer,
        engine: Engine,
        metrics: Metrics,
        *,
        max_clients: int,
        handshakes: RateLimit | None,
        is_running: Callable[[], bool],
    ) -> None:
        """Let at most ``max_clients`` connections in, and none while the server does not take clients.

        An address may open as many as ``handshakes`` say.
        """
        self._handshakes = handshakes
        self._server = server
        self._engine = engine
        self._metrics = metrics
        self._max_clients = max_clients
        self._is_running = is_running

    def routes(self) -> list[web.RouteDef]:
        """The routes."""
        return [web.get(SOCKET_PATH, self.handle), web.post(SOCKET_PATH, self.handle)]

    async def handle(self, request: web.Request) -> Any:
        """Hand the request to python-socketio."""
        session = _session(request)
        if session is None:
            if not self._is_running():
                return self._refuse("stopping", "the server is about to stop")
            self._charge(f"the address {request.remote}")
            if self._engine.has_open(self._max_clients):
                detail = f"the server has its {self._max_clients} clients; see the setting max_clients"
                return self._refuse("max_clients", detail)
        elif "upgrade" in request.headers.get("Connection", "").lower():
            self._engine.note_upgrade(session, request)
        return await self._server.handle_request(_without_deflate(request))

    def _charge(self, address: str) -> None:
        if self._handshakes is None:
            return
        if seconds := self._handshakes.wait(address):
            self._metrics.refused.labels("rate_limited").inc()
            raise RateLimited(address, seconds)
        self._handshakes.charge(address, 1)

    def _refuse(self, code: str, detail: str) -> web.Response:
        self._metrics.refused.labels(code).inc()
        return problem(503, code, detail, headers={"Retry-After": "5"})


def _session(request: web.Request) -> str | None:
    """The session that python-engineio takes the request for; ``None`` when it opens a new one.

    Read as it reads it: to aiohttp, a ``sid`` may be there, empty, that python-engineio does not see.
    """
    sessions = parse_qs(request.query_string).get("sid")
    return None if sessions is None else sessions[0]


def _without_deflate(request: web.Request) -> web.Request:
    """The request without its offer of permessage-deflate (RFC 7692).

    aiohttp accepts it whenever a browser offers it, which costs 100 kB for each connection and a compression for each
    client and broadcast: 2.5 times the CPU on batches. Frames could not be shared between clients either.
    """
    if "Sec-WebSocket-Extensions" not in request.headers:
        return request
    headers = request.headers.copy()
    del headers["Sec-WebSocket-Extensions"]
    return request.clone(headers=headers)
