"""How long a client is waited for that takes nothing."""

import asyncio
import logging
import time
from typing import Final

from eventyard.delivery.subscriber import Subscriber
from eventyard.delivery.window import Window

__all__ = ["Patience"]

log = logging.getLogger(__name__)

# How often a client that is full is looked at again, in seconds.
_POLL: Final = 0.02


class Patience:
    """Waits for clients, and closes those that it has waited for in vain."""

    def __init__(self, stall_timeout: float) -> None:
        """Wait at most ``stall_timeout`` seconds at a time."""
        self._stall_timeout = stall_timeout

    async def until_answered(self, subscriber: Subscriber) -> bool:
        """Wait for the answer to a client's request to be on its way; whether it is."""
        try:
            async with asyncio.timeout(self._stall_timeout):
                await subscriber.connection.socket.answer()
        except TimeoutError:
            self._give_up(subscriber, "slow_consumer", "took nothing")
            return False
        return True

    async def until_taken(self, subscriber: Subscriber) -> bool:
        """Wait for a client to take some of what is on the way; whether it has, and is still there."""
        socket = subscriber.connection.socket
        before = socket.backlog()
        deadline = time.monotonic() + self._stall_timeout
        while time.monotonic() < deadline:
            await asyncio.sleep(_POLL)
            if socket.closed:
                return False
            if socket.backlog() < before:
                return True
        self._give_up(subscriber, "slow_consumer", "took nothing")
        return False

    async def until_acknowledged(self, subscriber: Subscriber, window: Window, since: float) -> bool:
        """Wait for ``window``, which is full, to change; whether there is still hope.

        Args:
            subscriber: Whose window it is.
            window: Its window.
            since: When it was first waited for, by the clock of the event loop.
        """
        try:
            async with asyncio.timeout_at(since + self._stall_timeout):
                await window.change()
        except TimeoutError:
            self._give_up(subscriber, "unacknowledged", "acknowledged nothing")
            return False
        return True

    def _give_up(self, subscriber: Subscriber, reason: str, what: str) -> None:
        connection = subscriber.connection
        log.warning(
            "client %s (%s) %s for %g s and is closed", subscriber.sid, connection.address, what, self._stall_timeout
        )
        connection.abort(reason)
