"""What is written to: the socket of one connection."""

from typing import Protocol

from eventyard.delivery.bound import Bound
from eventyard.delivery.frames import Burst

__all__ = ["ClientSocket"]


class ClientSocket(Protocol):
    """The socket of one connection: where its frames go, and how many are still on the way."""

    @property
    def websocket(self) -> bool:
        """Whether the connection is a websocket; until then it is long-polling."""

    @property
    def closed(self) -> bool:
        """Whether nothing can be sent any more."""

    @property
    def overflowed(self) -> bool:
        """Whether answers to the client were dropped because it asks without reading."""

    @property
    def needs_settling(self) -> bool:
        """Whether the connection has become a websocket, but is still written to as before."""

    async def settle(self) -> None:
        """Have frames go straight to the websocket from now on, behind all that was written before."""

    async def answer(self) -> None:
        """Let the answer to the request of the client that is being handled go before what is written from then on."""

    def write(self, burst: Burst) -> None:
        """Send ``burst``; never waits. What is written to a closed connection is lost."""

    def backlog(self) -> int:
        """Bytes that were written and are not yet with the operating system, or picked up by a poll."""

    def is_full(self, bound: Bound) -> bool:
        """Whether the client is behind: more than ``bound`` is on the way, or less for a long-polling client."""

    def close(self) -> None:
        """Send what is written, say goodbye and close; a long-polling client gets it if one of its polls waits."""

    def abort(self) -> None:
        """Close at once; what is written and not sent is lost."""
