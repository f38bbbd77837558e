"""A server in a thread of its own, for programs that do not run an event loop."""

import asyncio
import threading
from collections.abc import Coroutine, Mapping
from typing import Any, Self, TypeVar

from eventyard.events import Event, Outcome
from eventyard.plugins import PluginManager
from eventyard.server.async_server import AsyncServer
from eventyard.settings import Settings

__all__ = ["Server"]

T = TypeVar("T")


class Server:
    """A running server in a thread of its own; all methods may be called from any thread but that one.

    Creating one returns when the server takes clients and events, or raises why it cannot.
    """

    def __init__(self, settings: Settings | None = None, plugins: Mapping[str, object] | None = None) -> None:
        """Start a server.

        Args:
            settings: Its settings; the defaults when omitted.
            plugins: Plugin objects by name, besides the installed ones.

        Raises:
            EventyardError: As :class:`AsyncServer` and its ``start``.
        """
        self._server = AsyncServer(settings, plugins)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="eventyard", daemon=True)
        self._thread.start()
        try:
            self._run(self._server.start())
        except BaseException:
            self._end_thread()
            raise

    @property
    def settings(self) -> Settings:
        """Its settings."""
        return self._server.settings

    @property
    def plugins(self) -> PluginManager:
        """Its plugins, to be looked at: they belong to the server's own thread."""
        return self._server.plugins

    @property
    def url(self) -> str:
        """Where it answers."""
        return self._server.url

    @property
    def running(self) -> bool:
        """Whether it was not stopped yet."""
        return self._thread.is_alive()

    def publish(self, *events: Event | Mapping[str, Any]) -> list[Outcome]:
        """Take in events; gives what became of each.

        Raises:
            JournalError: Nothing was kept.
        """
        return self._run(self._server.publish(*events))

    def stop(self) -> None:
        """Tell the clients, finish what was begun and close; calling it again does nothing."""
        if self.running:
            self._run(self._server.stop())
            self._end_thread()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _end_thread(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(_cancel_what_is_left())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()


async def _cancel_what_is_left() -> None:
    # python-engineio leaves the timers of its pings behind.
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
