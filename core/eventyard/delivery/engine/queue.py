"""The queue of outgoing packets that python-engineio is given for each of its sockets."""

import asyncio
from typing import Any, Final

from engineio.packet import Packet

__all__ = ["POLL_PACKETS", "BoundedQueue"]

#: Packets in one long-polling answer: python-engineio's client refuses an answer with more.
POLL_PACKETS: Final = 16

#: Bytes that may wait in a socket's own queue before acknowledgements and pings are dropped.
_QUEUE_BYTES: Final = 4 * 1024 * 1024

#: What a packet costs in memory besides its text, in bytes.
_PACKET_BYTES: Final = 256


class BoundedQueue(asyncio.Queue[Any]):
    """A socket's queue of outgoing packets that never waits and never grows without end.

    python-engineio's own is unbounded: a client that sends requests and reads no answers would fill the memory
    (https://github.com/miguelgrinberg/python-engineio/issues/133). A packet that finds the queue full is dropped and
    the queue is marked, so that the connection can be closed. The end mark ``None`` always fits.

    Attributes:
        overflowed: Whether a packet was dropped.
        size: Bytes of all packets in it, about.
    """

    overflowed = False

    def _init(self, maxsize: int) -> None:
        super()._init(maxsize)
        self.size = 0
        self._taken = 0

    def _put(self, item: Any) -> None:
        super()._put(item)
        self.size += _size(item)

    def _get(self) -> Any:
        item = super()._get()
        self.size -= _size(item)
        self._taken += 1
        return item

    async def put(self, item: Any) -> None:
        """Queue ``item``, or mark the queue when it is full."""
        if item is not None and self.size >= _QUEUE_BYTES:
            self.overflowed = True
        else:
            self.put_nowait(item)

    async def get(self) -> Any:
        """Wait for the first packet of a long-polling answer."""
        self._taken = 0
        return await super().get()

    def get_nowait(self) -> Any:
        """Give a further packet of the answer.

        Raises:
            asyncio.QueueEmpty: There is none, or the answer is full.
        """
        if self._taken >= POLL_PACKETS:
            raise asyncio.QueueEmpty
        return super().get_nowait()

    def clear(self) -> None:
        """Drop all packets."""
        while not self.empty():
            self._get()


def _size(packet: Packet | None) -> int:
    if packet is None:
        return 0
    return _PACKET_BYTES + (len(packet.data) if isinstance(packet.data, str) else 0)
