"""Connections that wait for their turn."""

import asyncio
from collections import deque

from eventyard.http.intake.connection import IntakeConnection

__all__ = ["Turns"]


class Turns:
    """Hands connections over to the successor, one after the other.

    What comes in has its turn in between: when many connections arrive at once, the event loop would else be busy with
    them alone for as long as all of them take.
    """

    def __init__(self, rest: float) -> None:
        """Rest for so many seconds between two, and for a round of the event loop at least."""
        self._rest = rest
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[IntakeConnection] = deque()
        # Whether the last one was handed over just now.
        self._resting = False

    def add(self, connection: IntakeConnection) -> None:
        """Have ``connection`` handed over, at once if no other waits or was handed over just now."""
        self._waiting.append(connection)
        if not self._resting:
            self._hand_over_next()

    def _hand_over_next(self) -> None:
        self._resting = bool(self._waiting)
        if self._waiting:
            self._loop.call_later(self._rest, self._hand_over_next)
            self._waiting.popleft().hand_over()
