"""The one place that reaches behind python-socketio: the sessions of Engine.IO, and their sockets.

What is used of ``socketio.AsyncServer`` that is not documented: ``environ``, and ``eio.sockets`` with ``queue``,
``upgraded``, ``closed`` and ``close()`` of each, whose queues ``eio.create_queue`` makes, and what takes messages in
``eio.handlers``. A contract test runs against the oldest and the newest supported versions. Where a version has these
otherwise, what is documented has to do.
"""

import inspect
import logging
from collections.abc import Callable, Collection, Mapping, MutableMapping
from importlib.metadata import version
from typing import Any, Final

import socketio
from aiohttp import web

from eventyard.delivery.engine.client_socket import ClientSocket
from eventyard.delivery.engine.direct_socket import REQUEST, DirectSocket
from eventyard.delivery.engine.incoming import closing
from eventyard.delivery.engine.plain_socket import PlainSocket
from eventyard.delivery.engine.queue import BoundedQueue

__all__ = ["Engine"]

log = logging.getLogger(__name__)

# What a socket of python-engineio is expected to have.
_MEMBERS: Final = {"closed": bool, "queue": BoundedQueue, "upgraded": bool}


class Engine:
    """The Engine.IO side of a Socket.IO server: its sessions and their sockets."""

    def __init__(self, server: socketio.AsyncServer) -> None:
        """Have every new session of ``server`` use a bounded queue."""
        self._server = server
        # What python-engineio has otherwise than it is used here.
        self._difference: str | None = None
        server.eio.create_queue = BoundedQueue
        if not isinstance(getattr(server.eio, "sockets", None), dict):
            self._do_without("sockets")

    def socket(self, session: str) -> ClientSocket:
        """The socket of ``session``.

        Raises:
            KeyError: It has ended.
        """
        if self._difference is None:
            socket, environ = self._server.eio.sockets[session], self._server.environ[session]
            difference = _difference(socket, environ)
            if difference is None:
                return DirectSocket(socket, environ, lambda: self._sockets.pop(session, None))
            self._do_without(difference)
        return PlainSocket(self._server.eio, session)

    def sessions(self) -> Collection[str]:
        """The ids of all sessions that are open, as far as they can be known."""
        return {session for session, socket in self._sockets.items() if not getattr(socket, "closed", False)}

    def has_open(self, sessions: int) -> bool:
        """Whether at least so many ``sessions`` are open, as far as they can be known."""
        # Few of those that are there have ended: they need not be looked at each time that a client comes.
        return len(self._sockets) >= sessions and len(self.sessions()) >= sessions

    def has_ended(self, session: str) -> bool:
        """Whether python-engineio has ended ``session``."""
        if self._difference is None:
            socket = self._server.eio.sockets.get(session)
            return socket is None or bool(socket.closed)
        try:
            return self.socket(session).closed
        except KeyError:
            return True

    def close_unreadable(self, close: Callable[[str], object]) -> None:
        """Have ``close`` called with each session whose client sends bytes, or what is no packet."""
        handlers = getattr(self._server.eio, "handlers", None)
        take = handlers.get("message") if isinstance(handlers, dict) else None
        if inspect.iscoroutinefunction(take):
            self._server.eio.on("message", closing(take, close))
            return
        log.warning(
            "python-engineio %s has other handlers than expected: a client that sends bytes, or what is no packet, is "
            "not closed for it; nothing of that is kept",
            version("python-engineio"),
        )

    def note_upgrade(self, session: str, request: web.Request) -> None:
        """Take note that a long-polling session asks to become a websocket with ``request``."""
        environ = self._server.environ.get(session)
        if environ is not None:
            environ[REQUEST] = request

    def forget_ended(self) -> None:
        """Free the sessions that have ended, and answer the polls that wait for them.

        python-engineio keeps them for some time, fails when one is posted to, and lets the polls time out.
        """
        sockets = self._sockets
        for session, socket in list(sockets.items()):
            if getattr(socket, "closed", False):
                socket.queue.put_nowait(None)
                del sockets[session]

    @property
    def _sockets(self) -> MutableMapping[str, Any]:
        """python-engineio's sockets by session, if they are as expected."""
        return {} if self._difference else self._server.eio.sockets

    def _do_without(self, difference: str) -> None:
        self._difference = difference
        log.warning(
            "python-engineio %s has another %s than expected: clients are written to by its own queues, which is "
            "slower; how many there are, and whether they read, is not looked at",
            version("python-engineio"),
            difference,
        )


def _difference(socket: Any, environ: Mapping[str, Any]) -> str | None:
    """What ``socket`` has otherwise than it is used here."""
    if not isinstance(environ.get(REQUEST), web.BaseRequest):
        return f"environ[{REQUEST!r}]"
    if not callable(getattr(socket, "close", None)):
        return "AsyncSocket.close"
    differing = (name for name, kind in _MEMBERS.items() if not isinstance(getattr(socket, name, None), kind))
    return next((f"AsyncSocket.{name}" for name in differing), None)
