"""The route of Engine.IO, around python-socketio's own handler."""

from collections.abc import Callable
from typing import Any

import socketio
from aiohttp import web
from multidict import CIMultiDict

from eventyard.delivery import engine_sessions
from eventyard.http.gate import SOCKET_PATH
from eventyard.http.problems import problem
from eventyard.live import Hub
from eventyard.metrics import Metrics

__all__ = ["EngineRoute"]


class EngineRoute:
    """Counts connections, and takes from requests what python-socketio would do otherwise."""

    def __init__(
        self, server: socketio.AsyncServer, hub: Hub, metrics: Metrics, max_clients: int, draining: Callable[[], bool]
    ) -> None:
        """Let at most ``max_clients`` connections in, and none while the server is ``draining``."""
        self._server = server
        self._hub = hub
        self._metrics = metrics
        self._max_clients = max_clients
        self._draining = draining

    def routes(self) -> list[web.RouteDef]:
        """The routes."""
        return [web.get(SOCKET_PATH, self.handle), web.post(SOCKET_PATH, self.handle)]

    async def handle(self, request: web.Request) -> Any:
        """Hand the request to python-socketio."""
        session = request.query.get("sid")
        if session is None:
            if self._draining() or len(engine_sessions(self._server)) >= self._max_clients:
                self._metrics.refused.labels("max_clients").inc()
                detail = f"the server has its {self._max_clients} clients; see the setting max_clients"
                return problem(503, "max_clients", detail, headers={"Retry-After": "5"})
        elif "upgrade" in request.headers.get("Connection", "").lower():
            self._hub.upgraded(session, request)
        return await self._server.handle_request(_without_deflate(request))


def _without_deflate(request: web.Request) -> web.Request:
    """The request without its offer of permessage-deflate (RFC 7692).

    aiohttp accepts it whenever a browser offers it, which costs 100 kB for each connection and a compression for each
    client and broadcast: 2.5 times the CPU on batches. Frames could not be shared between clients either.
    """
    if "Sec-WebSocket-Extensions" not in request.headers:
        return request
    headers = CIMultiDict(request.headers)
    del headers["Sec-WebSocket-Extensions"]
    return request.clone(headers=headers)
