"""A server in a thread of its own, for programs that do not run an event loop."""

import threading
from collections.abc import Mapping
from concurrent.futures import CancelledError, Future, wait
from typing import Any, Final, Self

from eventyard.client.loop_thread import LoopThread
from eventyard.events import Event, Outcome
from eventyard.plugins import PluginManager
from eventyard.server.async_server import AsyncServer
from eventyard.settings import Settings

__all__ = ["Server"]

#: How long what is being published gets to be kept before the server stops, and to be answered behind that, in seconds.
_PUBLISH_SECONDS: Final = 1.0

#: How long a signal may stay unnoticed by whoever stops the server, in seconds.
_NOTICE_SECONDS: Final = 0.2

_STOPPED: Final = "the server has stopped"


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
        # Held by whoever looks whether the server is stopped and acts upon it. A signal's handler may stop the server
        # in the middle of that.
        self._lock = threading.RLock()
        self._publishing: set[Future[list[Outcome]]] = set()
        # What all who stop the server wait for.
        self._stopped: Future[None] | None = None
        try:
            # Not its run(): whoever is interrupted while waiting must not leave the server half started.
            self._thread.begin(self._server.start()).result()
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
        """Whether nobody has begun to stop it."""
        return self._stopped is None

    def publish(self, *events: Event | Mapping[str, Any]) -> list[Outcome]:
        """Take in events; gives what became of each.

        Raises:
            JournalError: Nothing was kept.
            RuntimeError: The server has stopped, or stops and does not wait for these events any longer.
        """
        with self._lock:
            if not self.running:
                raise RuntimeError(_STOPPED)
            outcomes = self._thread.begin(self._server.publish(*events))
            self._publishing.add(outcomes)
        outcomes.add_done_callback(self._publishing.discard)
        try:
            return outcomes.result()
        except CancelledError:
            if self.running:
                raise
            raise RuntimeError(_STOPPED) from None

    def stop(self) -> None:
        """Tell the clients, finish what was begun and close; whoever calls it waits until that is done."""
        with self._lock:
            if self._stopped is None:
                self._stopped = Future()
                self._begin_end(self._stopped)
        # In short waits: a signal that comes when Python is about to wait is noticed at the end of that.
        while not wait([self._stopped], _NOTICE_SECONDS).done:
            pass
        self._stopped.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _begin_end(self, stopped: Future[None]) -> None:
        # By a thread of its own: whoever is interrupted while waiting must not leave the server half stopped.
        thread = threading.Thread(target=self._end, args=(stopped,), name="eventyard stop")
        try:
            thread.start()
        except RuntimeError:
            # There are no new threads at the end of the interpreter.
            self._end(stopped)

    def _end(self, stopped: Future[None]) -> None:
        """Stop the server, then end its thread, and then tell ``stopped``."""
        try:
            try:
                wait(set(self._publishing), _PUBLISH_SECONDS)
                self._thread.begin(self._server.stop()).result()
                wait(set(self._publishing), _PUBLISH_SECONDS)
            finally:
                self._thread.end()
        except BaseException as error:  # noqa: BLE001 - it is raised where the server is stopped
            stopped.set_exception(error)
        else:
            stopped.set_result(None)
