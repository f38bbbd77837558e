"""A server in a thread of its own, for programs that do not run an event loop."""

from collections.abc import Coroutine, Mapping
from typing import Any, Self, TypeVar

from eventyard.client.loop_thread import LoopThread
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
        self._thread = LoopThread("eventyard")
        try:
            self._run(self._server.start())
        except BaseException:
            self._thread.end()
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
        return self._thread.running

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
            self._thread.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        # Not its run(): whoever is interrupted while waiting must not leave the server half started or half stopped.
        return self._thread.begin(work).result()
