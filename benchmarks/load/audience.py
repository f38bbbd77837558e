"""The clients of one server: how many events each has, and proof that each got every event once and in order.

A server sends the same bytes to all clients with the same view, but for pings. The first to receive a stretch has it
parsed and checked; all others are held against it byte for byte, which costs a tenth of parsing it again. A client that
is sent other bytes, perhaps because it had to catch up, is parsed by itself from there on.
"""

import asyncio
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from time import perf_counter
from typing import Any

from benchmarks.load.arrivals import Arrivals, Unwrap
from benchmarks.load.frames import PING, FrameReader
from benchmarks.load.websocket import Address, WebsocketClient

__all__ = ["Audience", "Listener"]

#: Handshakes at the same time.
_JOINING = 50

#: How long clients are left alone after they have joined, in seconds.
_SETTLING = 0.3

#: Seconds without progress after which what is missing counts as lost.
_PATIENCE = 10.0

#: What may be kept of the stream for those who are behind, in bytes.
_KEPT = 32 * 1024 * 1024


class _Stream:
    """What all clients are sent, in bytes and as events.

    Attributes:
        unwrap: See :class:`Arrivals`.
        arrivals: Its events.
        end: Where it ends, in bytes from its beginning.
    """

    def __init__(self, unwrap: Unwrap | None) -> None:
        self.unwrap = unwrap
        self.arrivals = Arrivals(unwrap)
        self.end = 0
        self._text = bytearray()
        self._begin = 0
        self._frames = FrameReader()
        #: Where the messages end, and how many events have come by then.
        self._ends = array("q", [0])
        self._counts = array("q", [0])

    def holds(self, data: bytes, position: int) -> bool:
        """Whether all of ``data`` is known, and stands at ``position``."""
        return position + len(data) <= self.end and self._text.startswith(data, position - self._begin)

    def goes_on_with(self, data: bytes, position: int) -> bool:
        """Whether ``data`` begins, at ``position``, with all that is known behind that."""
        return data.startswith(self._text[position - self._begin :])

    def append(self, data: bytes) -> None:
        """Take what follows."""
        self._text += data
        self.end += len(data)
        for message, end in self._frames.feed(data):
            self.arrivals.take(message)
            self._ends.append(end)
            self._counts.append(len(self.arrivals.numbers))

    def count(self, position: int) -> int:
        """How many events are complete at ``position``."""
        return self._counts[bisect_right(self._ends, position) - 1]

    def part(self, position: int) -> bytes:
        """The beginning of the message that is not complete at ``position``."""
        end = self._ends[bisect_right(self._ends, position) - 1]
        return bytes(self._text[end - self._begin : position - self._begin])

    def forget(self, position: int) -> None:
        """Let go of what nobody will be held against any more, once that is much."""
        if len(self._text) > _KEPT:
            # Back to where a message begins: who turns out to differ needs that.
            end = self._ends[bisect_right(self._ends, position) - 1]
            del self._text[: end - self._begin]
            self._begin = end


class Listener:
    """One client.

    Attributes:
        client: Its connection.
    """

    def __init__(self, client: WebsocketClient, stream: _Stream, *, keeps_times: bool) -> None:
        """Listen with ``client``, which has joined."""
        self.client = client
        self._times = array("d")
        #: How far it was by then: its position, or the complement of its count once it is apart.
        self._marks = array("q")
        self._stream = stream
        self._keeps_times = keeps_times
        self._position = 0
        self._frames: FrameReader | None = None
        self._arrivals: Arrivals | None = None

    @property
    def count(self) -> int:
        """How many events it has."""
        if self._arrivals is not None:
            return len(self._arrivals.numbers)
        return self._stream.count(self._position)

    @property
    def arrivals(self) -> Arrivals:
        """What it was sent; the stream's where it is byte for byte the same, as far as :attr:`count` says."""
        return self._arrivals or self._stream.arrivals

    @property
    def apart(self) -> bool:
        """Whether it was sent other bytes than the others."""
        return self._arrivals is not None

    @property
    def position(self) -> int:
        """How far it is in the stream, in bytes; the end for one who is apart."""
        return self._position if self._arrivals is None else self._stream.end

    def read(self, data: bytes) -> None:
        """Take what came."""
        if self._frames is None and self._stream.holds(data, self._position):
            self._position += len(data)
        else:
            self._read_new(data)
        if self._keeps_times:
            self._times.append(perf_counter())
            self._marks.append(self._position if self._arrivals is None else ~len(self._arrivals.numbers))

    def arrival_times(self) -> list[float]:
        """When each of its events came, in their order, by :func:`time.perf_counter`; if the audience keeps times."""
        times: list[float] = []
        for time, mark in zip(self._times, self._marks, strict=True):
            count = ~mark if mark < 0 else self._stream.count(mark)
            times.extend([time] * (count - len(times)))
        return times

    def _read_new(self, data: bytes) -> None:
        """Take what nobody else has been sent yet, or what differs: everybody's pings come when they come."""
        if PING in data:
            data = data.replace(PING, b"")
            self.client.send(b"3")
        if self._frames is not None:
            self._read_apart(data)
        elif self._stream.holds(data, self._position):
            self._position += len(data)
        elif self._stream.goes_on_with(data, self._position):
            self._stream.append(data[self._stream.end - self._position :])
            self._position = self._stream.end
        else:
            self._leave(data)

    def _leave(self, data: bytes) -> None:
        """Go on alone: what comes now is not what the others were sent."""
        common = self._stream.arrivals
        self._arrivals = Arrivals(self._stream.unwrap)
        self._arrivals.numbers = common.numbers[: self._stream.count(self._position)]
        self._frames = FrameReader()
        self._read_apart(self._stream.part(self._position) + data)

    def _read_apart(self, data: bytes) -> None:
        assert self._frames is not None
        assert self._arrivals is not None
        for message, _ in self._frames.feed(data):
            self._arrivals.take(message)


class Audience:
    """All clients of one server that want to see the same.

    Attributes:
        listeners: The clients.
    """

    def __init__(self, *, keeps_times: bool = False, unwrap: Unwrap | None = None) -> None:
        """Gather nobody yet.

        Args:
            keeps_times: Whether each listener notes when its events came.
            unwrap: See :class:`Arrivals`.
        """
        self.listeners: list[Listener] = []
        self._stream = _Stream(unwrap)
        self._keeps_times = keeps_times

    async def join(
        self,
        address: Address,
        clients: int,
        namespaces: Mapping[str, Any],
        greeting: str | None,
        *,
        at_once: bool = False,
    ) -> None:
        """Connect ``clients`` more clients, see :class:`WebsocketClient`.

        What comes before all have joined is dropped, unless ``at_once`` says that all that follows the greeting counts.
        """
        turn = asyncio.Semaphore(_JOINING)
        joining = [WebsocketClient(address, namespaces, greeting) for _ in range(clients)]
        if at_once:
            self.add(joining)

        async def connect(client: WebsocketClient) -> None:
            async with turn:
                await client.connect()

        async with asyncio.TaskGroup() as group:
            for client in joining:
                group.create_task(connect(client))
        if not at_once:
            # Who has joined becomes live a moment later, and is told until then who else joins.
            await asyncio.sleep(_SETTLING)
            self.add(joining)

    def add(self, clients: Iterable[WebsocketClient]) -> None:
        """Listen with ``clients``."""
        for client in clients:
            listener = Listener(client, self._stream, keeps_times=self._keeps_times)
            client.read_with(listener.read)
            self.listeners.append(listener)

    @property
    def delivered(self) -> int:
        """How many events all clients have, together."""
        return sum(listener.count for listener in self.listeners)

    @property
    def slowest(self) -> int:
        """How many events the client has that has the fewest."""
        if not self.listeners:
            return 0
        position = min(listener.position for listener in self.listeners)
        self._stream.forget(position)
        alone = [listener.count for listener in self.listeners if listener.apart]
        return min([self._stream.count(position), *alone]) if len(alone) < len(self.listeners) else min(alone)

    async def wait(self, events: int) -> None:
        """Wait until every client has ``events``; not any more once a connection has ended or nothing comes."""
        loop = asyncio.get_running_loop()
        known, since = -1, loop.time()
        while self.slowest < events and not self.failures() and loop.time() - since < _PATIENCE:
            await asyncio.sleep(0.01)
            if self.delivered != known:
                known, since = self.delivered, loop.time()

    @property
    def messages(self) -> int:
        """How many messages brought the events to one client."""
        return self._stream.arrivals.messages

    @property
    def apart(self) -> int:
        """How many clients were parsed by themselves."""
        return sum(listener.apart for listener in self.listeners)

    def failures(self) -> list[str]:
        """Why connections ended."""
        return [listener.client.failure for listener in self.listeners if listener.client.failure]

    def problems(self, senders: Sequence[int], first: int = 0) -> list[str]:
        """What is wrong with what came; nothing when each client got each event once, and all in the same good order.

        Args:
            senders: For each event, by number, which connection it was sent on: events of one connection must come in
                the order of their numbers. Those of several may come in any order, which is the same for all clients.
            first: The number of the first event that was to come.
        """
        found = self.failures()
        if not self.listeners:
            return found
        # Where all are apart, the first is held against what was sent, and the others against the first.
        reference = min(self.listeners, key=lambda listener: listener.apart).arrivals
        found += reference.problems + _disorder([number - first for number in reference.numbers], senders)
        for index, listener in enumerate(self.listeners):
            if listener.apart:
                found += [f"client {index}: {each}" for each in listener.arrivals.problems]
            if listener.count != len(senders):
                found.append(f"client {index} has {listener.count} of {len(senders)} events")
            elif listener.apart and listener.arrivals.numbers != reference.numbers:
                found.append(f"client {index} has another order than the first")
        return found[:20]

    def close(self) -> None:
        """End all connections."""
        for listener in self.listeners:
            listener.client.close()


def _disorder(numbers: Sequence[int], senders: Sequence[int]) -> list[str]:
    if sorted(numbers) != list(range(len(senders))):
        missing = set(range(len(senders))) - set(numbers)
        return [f"{len(numbers)} events came for {len(senders)}; {len(missing)} are missing"]
    last: dict[int, int] = {}
    for number in numbers:
        sender = senders[number]
        if last.get(sender, -1) > number:
            return [f"event {number} came behind event {last[sender]} of the same connection"]
        last[sender] = number
    return []
