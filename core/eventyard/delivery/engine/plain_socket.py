"""A connection's socket that keeps to what python-engineio documents."""

import asyncio
from collections import deque
from typing import Any, Final

from eventyard.delivery.bound import Bound
from eventyard.delivery.frames import Burst

__all__ = ["PlainSocket"]

# Stands in the row of bursts for the end of the connection.
_END: Final = None


class PlainSocket:
    """The socket of one connection, to which python-engineio itself writes; see :class:`ClientSocket`.

    It takes a task and a queue for each client. How much waits in that queue cannot be known, so that a client that
    does not read is never seen to be behind; python-engineio ends it when it answers no ping.
    """

    #: That cannot be known either.
    overflowed = False

    #: All goes the same way, whatever the connection becomes.
    needs_settling = False

    def __init__(self, engine: Any, session: str) -> None:
        """Send to ``session`` of ``engine``, an ``engineio.AsyncServer``.

        Raises:
            KeyError: It has ended.
        """
        self._engine = engine
        self._session = session
        # What python-engineio has not taken yet; mostly nothing.
        self._bursts: deque[Burst | None] = deque()
        self._sending: asyncio.Task[None] | None = None
        engine.transport(session)

    @property
    def websocket(self) -> bool:
        """Whether the connection is a websocket."""
        try:
            return bool(self._engine.transport(self._session) == "websocket")
        except KeyError:
            return False

    @property
    def closed(self) -> bool:
        """Whether nothing can be sent any more."""
        try:
            self._engine.transport(self._session)
        except KeyError:
            return True
        return False

    async def settle(self) -> None:
        """Nothing is to be done."""

    async def answer(self) -> None:
        """Nothing is to be done: the answer takes the same way."""

    def write(self, burst: Burst) -> None:
        """Send ``burst``; never waits."""
        self._put(burst)

    def backlog(self) -> int:
        """Bytes that python-engineio has not taken yet."""
        return sum(burst.size for burst in self._bursts if burst is not _END)

    def is_full(self, bound: Bound) -> bool:
        """Whether python-engineio has not taken more than ``bound`` yet."""
        frames = sum(len(burst.texts) for burst in self._bursts if burst is not _END)
        return self.backlog() > bound.size or frames > bound.frames

    def close(self) -> None:
        """Send what is written, and close."""
        self._put(_END)

    def abort(self) -> None:
        """Close; what python-engineio has not taken yet is lost."""
        self._bursts.clear()
        self.close()

    def _put(self, burst: Burst | None) -> None:
        self._bursts.append(burst)
        if self._sending is None or self._sending.done():
            self._sending = asyncio.get_running_loop().create_task(self._send_all())

    async def _send_all(self) -> None:
        while self._bursts:
            burst = self._bursts.popleft()
            if burst is _END:
                await self._engine.disconnect(self._session)
                self._bursts.clear()
                continue
            for text in burst.texts:
                if not self.closed:
                    await self._engine.send(self._session, text)
