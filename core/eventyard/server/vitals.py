"""How the server is: health, and the heartbeat on ``/system``."""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Mapping
from typing import Any

import psutil

import eventyard
from eventyard.dead_letters import DeadLetters
from eventyard.delivery import Connection, Stream
from eventyard.events import Event
from eventyard.journal import Journal
from eventyard.metrics import Metrics
from eventyard.pipeline import SERVER_SOURCE
from eventyard.plugins import PluginManager

__all__ = ["Vitals"]

log = logging.getLogger(__name__)


class Vitals:
    """Tells how the server is."""

    def __init__(
        self,
        plugins: PluginManager,
        *,
        journal: Journal,
        dead_letters: DeadLetters,
        streams: Mapping[str, Stream],
        connections: Mapping[str, Connection],
        metrics: Metrics,
    ) -> None:
        """Look at the parts of a server, which starts now."""
        self._plugins = plugins
        self._journal = journal
        self._dead_letters = dead_letters
        self._streams = streams
        self._connections = connections
        self._metrics = metrics
        self._process = psutil.Process()
        self._started = time.monotonic()

    @property
    def status(self) -> str:
        """``healthy``, or ``degraded`` while a plugin is quarantined, or events or dead letters cannot be kept."""
        wrong = self._plugins.quarantined or self._journal.failure or self._dead_letters.failure
        return "degraded" if wrong else "healthy"

    def health(self) -> dict[str, Any]:
        """The body of ``GET /health``."""
        return {
            "status": self.status,
            "uptime": round(time.monotonic() - self._started, 3),
            "version": eventyard.__version__,
            "pid": os.getpid(),
            "durability": self._journal.durability,
            "journal_failure": self._journal.failure,
            "dead_letters": self._dead_letters.kept,
            "dead_letter_failure": self._dead_letters.failure,
            "epoch": self._journal.epoch,
            "schema_engine": self._plugins.engine,
            "clients": len(self._connections),
            "plugins": [
                {
                    "name": plugin.name,
                    "distribution": plugin.distribution.name,
                    "version": plugin.distribution.version,
                    "status": plugin.status.value,
                    "reason": plugin.reason,
                }
                for plugin in self._plugins.plugins
            ],
        }

    def heartbeat(self) -> Event:
        """The ``heartbeat`` event of this moment."""
        value = self._metrics.value
        data = {
            "status": self.status,
            "version": eventyard.__version__,
            "uptime_seconds": round(time.monotonic() - self._started, 3),
            "clients": len(self._connections),
            "events_accepted": int(value("eventyard_events_total", status="accepted")),
            "events_rejected": int(value("eventyard_events_total", status="rejected")),
            "events_duplicate": int(value("eventyard_events_total", status="duplicate")),
            "streams": {
                stream.name: {
                    "head": self._journal.head(stream.name),
                    "oldest": self._journal.oldest(stream.name),
                    "clients": len(stream.subscribers),
                }
                for stream in self._streams.values()
            },
            "resources": self._resources(),
        }
        return Event.create("heartbeat", source=SERVER_SOURCE, data=data)

    async def beat(self, say: Callable[[Event], None], interval: float) -> None:
        """Say a heartbeat at once and every ``interval`` seconds, for ever; one that fails costs itself alone."""
        while True:
            try:
                say(self.heartbeat())
            except Exception:
                # To look at the own process takes file descriptors too, of which there may be none for a moment.
                log.exception("a heartbeat is left out; the next one is due in %g s", interval)
            await asyncio.sleep(interval)

    def _resources(self) -> dict[str, Any]:
        with self._process.oneshot():
            return {
                "rss_bytes": self._process.memory_info().rss,
                "cpu_percent": self._process.cpu_percent(),
                "open_files": self._process.num_fds() if hasattr(self._process, "num_fds") else 0,
            }
