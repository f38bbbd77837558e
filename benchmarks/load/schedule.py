"""Requests that go out at times that were fixed before, whatever the server does meanwhile.

A sender that waits for an answer before it sends again would spare a slow server just those requests that would have
had to wait (coordinated omission). Here a request is late only if this process is, and the time counts from when it
was due.
"""

import asyncio
import random
from array import array
from collections import deque
from collections.abc import Sequence
from time import perf_counter

from benchmarks.load.http import HttpConnection
from benchmarks.load.websocket import Address

__all__ = ["Schedule", "poisson_times"]

#: Before a request is due by so much, the loop is not left to sleep: its timers are no finer than a millisecond.
_SPIN = 0.0025


def poisson_times(rate: float, seconds: float, seed: int) -> list[float]:
    """Moments of independent events, ``rate`` a second on average, as many happen in ``seconds``."""
    chance = random.Random(seed)
    times = []
    now = chance.expovariate(rate)
    while now < seconds:
        times.append(now)
        now += chance.expovariate(rate)
    return times


class Schedule:
    """Requests with the times at which they are due.

    Attributes:
        begin: When the time 0 was, by :func:`time.perf_counter`; known when :meth:`run` has begun.
        due: When each request was due.
        late: How long after that this process came to it, in seconds.
        answered: How long after that its answer was there.
        problems: Answers that were no 2xx; at most a few of them.
    """

    def __init__(self, times: Sequence[float], requests: Sequence[bytes]) -> None:
        """Send ``requests`` at ``times``, in seconds from the beginning, in ascending order."""
        self.begin = 0.0
        self.due: list[float] = []
        self.late = array("d", bytes(8 * len(times)))
        self.answered = array("d", bytes(8 * len(times)))
        self.problems: list[str] = []
        self._times = times
        self._requests = requests
        self._next = 0
        self._waiting: deque[int] = deque()
        self._idle: list[HttpConnection] = []
        self._left = len(times)
        self._finished = asyncio.Event()

    async def run(self, address: Address, connections: int = 64) -> None:
        """Send all, and wait for the answers; requests that find no connection free wait for one.

        Raises:
            TimeoutError: An answer never came.
        """
        self._idle = [await HttpConnection.open(address) for _ in range(connections)]
        opened = list(self._idle)
        self.begin = perf_counter() + 0.01
        self.due = [self.begin + time for time in self._times]
        self._tick()
        async with asyncio.timeout((self._times[-1] if self._times else 0) + 30):
            await self._finished.wait()
        for connection in opened:
            connection.close()

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        while self._next < len(self.due):
            wait = self.due[self._next] - perf_counter()
            if wait > 0:
                if wait > _SPIN:
                    loop.call_later(wait - _SPIN, self._tick)
                else:
                    loop.call_soon(self._tick)
                return
            self.late[self._next] = -wait
            self._waiting.append(self._next)
            self._next += 1
            self._send()

    def _send(self) -> None:
        if not self._idle or not self._waiting:
            return
        index = self._waiting.popleft()
        connection = self._idle.pop()

        def answered(status: int, body: bytes) -> None:
            self.answered[index] = perf_counter() - self.due[index]
            if not 200 <= status < 300 and len(self.problems) < 10:
                self.problems.append(f"HTTP {status}: {body[:200].decode(errors='replace')}")
            self._left -= 1
            if not self._left:
                self._finished.set()
            self._idle.append(connection)
            self._send()

        connection.send(self._requests[index], answered)
