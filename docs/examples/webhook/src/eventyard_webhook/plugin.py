"""The plugin: which events go to which endpoints."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import aiohttp
from eventyard import AsyncServer, Event, EventyardError, Plugin, Route, hookimpl

from eventyard_webhook.backoff import Backoff
from eventyard_webhook.endpoint import Endpoint
from eventyard_webhook.message import Message
from eventyard_webhook.settings import SCHEMA

__all__ = ["WebhookPlugin"]

log = logging.getLogger(__name__)

#: The ``source`` of the plugin's own events.
_SOURCE: Final = "/webhook"


class WebhookPlugin(Plugin):
    """Posts events to webhooks."""

    config_schema = SCHEMA

    def __init__(self) -> None:
        self._endpoints: list[Endpoint] = []
        self._server: AsyncServer | None = None

    def configure(self, table: Mapping[str, Any]) -> None:
        """Take the endpoints, and what goes for all of them."""
        backoff = Backoff(**table["retry"])
        self._endpoints = [Endpoint(each, backoff, table["queue_limit"], self._report) for each in table["endpoints"]]
        self._timeout = aiohttp.ClientTimeout(total=table["timeout"])
        self._drain_seconds = table["drain_seconds"]
        types = frozenset[str]().union(*(each.types for each in self._endpoints))
        # Nobody pays for events that nobody wants.
        self.applies_to = "*" if "*" in types else tuple(sorted(types))

    @hookimpl
    @asynccontextmanager
    async def lifespan(self, server: AsyncServer) -> AsyncIterator[None]:
        """Post, each endpoint at its own pace, until the server stops; then post what waits, as far as time allows."""
        self._server = server
        async with aiohttp.ClientSession(timeout=self._timeout) as http, asyncio.TaskGroup() as tasks:
            workers = [tasks.create_task(endpoint.run(http), name=endpoint.name) for endpoint in self._endpoints]
            yield
            await self._drain()
            for worker in workers:
                worker.cancel()

    @hookimpl
    def emit(self, event: Event, route: Route) -> None:
        """Have an event posted to the endpoints that want its type."""
        # The report about an endpoint that is down must not be posted to it, and so on.
        if event.source == _SOURCE:
            return
        endpoints = [endpoint for endpoint in self._endpoints if endpoint.wants(event.type)]
        if endpoints:
            message = Message.of(event)
            for endpoint in endpoints:
                endpoint.put(message)

    async def _drain(self) -> None:
        try:
            async with asyncio.timeout(self._drain_seconds):
                await asyncio.gather(*(endpoint.drain() for endpoint in self._endpoints))
        except TimeoutError:
            for each in self._endpoints:
                if each.waiting:
                    log.warning("%d messages to %s were not taken before the server stopped", each.waiting, each.name)

    async def _report(self, message: str) -> None:
        log.error("%s", message)
        if self._server is not None:
            data = {"kind": "webhook_failed", "severity": "warning", "message": message}
            # What cannot be kept is in the log, and no reason to stop posting.
            with suppress(EventyardError):
                await self._server.publish(Event.create("error", source=_SOURCE, data=data))
