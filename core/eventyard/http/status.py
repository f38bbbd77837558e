"""How the server is: ``/health``, ``/livez``, ``/readyz``, ``/metrics``, ``/connections``."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from aiohttp import web
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from eventyard.delivery import Connection
from eventyard.errors import MalformedBody
from eventyard.http.parameters import check_names
from eventyard.http.problems import json_response
from eventyard.http.quotation import quoted
from eventyard.metrics import Metrics

__all__ = ["StatusRoutes"]

_FORMATS: Final = frozenset({"json", "prometheus"})


class StatusRoutes:
    """Tells how the server is."""

    def __init__(
        self,
        health: Callable[[], dict[str, Any]],
        is_ready: Callable[[], bool],
        connections: Mapping[str, Connection],
        metrics: Metrics,
    ) -> None:
        """Tell ``health``, whether the server takes events, and who is connected."""
        self._health = health
        self._is_ready = is_ready
        self._connections = connections
        self._metrics = metrics

    def routes(self) -> list[web.RouteDef]:
        """The routes."""
        return [
            web.get("/health", self.health),
            web.get("/livez", self.alive),
            web.get("/readyz", self.ready),
            web.get("/metrics", self.metrics),
            web.get("/connections", self.connections),
        ]

    async def health(self, _: web.Request) -> web.Response:
        """``{"status": "healthy" | "degraded", "uptime": seconds, …}``; 200 as long as the server answers."""
        return json_response(self._health())

    async def alive(self, _: web.Request) -> web.Response:
        """204: the event loop turns."""
        return web.Response(status=204)

    async def ready(self, _: web.Request) -> web.Response:
        """204 while the server takes events, else 503."""
        return web.Response(status=204 if self._is_ready() else 503)

    async def metrics(self, request: web.Request) -> web.Response:
        """All metrics as JSON, or as Prometheus text when ``Accept`` or ``?format=prometheus`` asks for it.

        Raises:
            MalformedBody: Something else is asked for.
        """
        check_names(request, "format")
        accept = request.headers.get("Accept", "")
        wanted = request.query.get("format")
        if wanted is not None and wanted not in _FORMATS:
            message = f"the parameter format must be json or prometheus, not {quoted(wanted)}"
            raise MalformedBody(message)
        if wanted == "prometheus" or (wanted is None and ("text/plain" in accept or "openmetrics" in accept)):
            headers = {"Content-Type": CONTENT_TYPE_LATEST}
            return web.Response(body=generate_latest(self._metrics.registry), headers=headers)
        return json_response({"metrics": self._metrics.to_json()})

    async def connections(self, _: web.Request) -> web.Response:
        """The connected clients: id, address, user agent, namespaces with state and lag, connected since."""
        return json_response({"connections": [each.to_json() for each in self._connections.values()]})
