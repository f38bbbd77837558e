"""How much single clients may ask for: a token bucket for each."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from eventyard.access.grant import EVERYTHING, Grant

__all__ = ["RateLimit", "SenderLimits", "client_name"]

#: So many clients are remembered; of more, those that have asked for nothing for the longest time begin anew.
_MOST_CLIENTS: Final = 10_000


class RateLimit:
    """A bound of what each client may have a second, on average.

    A client has saved up what it did not have, for ``burst`` seconds at most. It may ask for more than it has, which
    leaves it with debts, and for nothing until those are paid: so that a batch is taken as a whole, however large.
    """

    def __init__(self, rate: float, burst: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Give each client ``rate`` a second, a number above 0, and let it save up for ``burst`` seconds."""
        self._rate = rate
        self._most = rate * burst
        self._clock = clock
        # What each client has, and when that was so; the last to ask is at the end.
        self._clients: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str) -> float:
        """How many seconds ``client`` has to wait until it may ask for something; 0 when it may."""
        return max(0.0, -self._has(client) / self._rate)

    def charge(self, client: str, amount: float) -> None:
        """Take ``amount`` from what ``client`` has."""
        self._clients[client] = self._has(client) - amount, self._clock()
        self._clients.move_to_end(client)
        if len(self._clients) > _MOST_CLIENTS:
            self._clients.popitem(last=False)

    def _has(self, client: str) -> float:
        known = self._clients.get(client)
        if known is None:
            return self._most
        had, then = known
        return min(self._most, had + (self._clock() - then) * self._rate)


class SenderLimits:
    """What each sender may send: events and bytes."""

    def __init__(self, events: RateLimit | None, size: RateLimit | None) -> None:
        """Bound events by ``events`` and bytes by ``size``; ``None`` is no bound."""
        self._events = events
        self._size = size
        #: Whether there is any bound.
        self.are_set = events is not None or size is not None

    def wait(self, client: str) -> float:
        """How many seconds ``client`` has to wait until it may send something; 0 when it may."""
        return max((limit.wait(client) for limit in (self._events, self._size) if limit is not None), default=0.0)

    def charge(self, client: str, events: int, size: int) -> None:
        """Take note of what ``client`` has sent: so many events in so many bytes."""
        if self._events is not None:
            self._events.charge(client, events)
        if self._size is not None:
            self._size.charge(client, size)


def client_name(grant: Grant, address: str) -> str:
    """Who asks: whoever has a token of its own, or all programs at an address."""
    return f"the address {address}" if grant is EVERYTHING else f"the token {grant.name!r}"
