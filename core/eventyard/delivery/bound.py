"""How much may be on the way to a client, and how many frames that is."""

from collections import deque
from typing import NamedTuple

from eventyard.delivery.frames import Burst

__all__ = ["Bound", "FrameCount"]


class Bound(NamedTuple):
    """How much may be on the way to a client: written, and not yet with the operating system or picked up by a poll.

    Attributes:
        size: So many bytes.
        frames: So many frames.
    """

    size: int
    frames: int

    @property
    def half(self) -> "Bound":
        """Half as much: who was over the bound has room again only below it, and so does not go to and fro."""
        return Bound(self.size // 2, self.frames // 2)


class FrameCount:
    """Counts the frames in a transport's buffer, which itself knows bytes only."""

    __slots__ = ("_bursts", "_frames", "_size")

    def __init__(self) -> None:
        # Bytes and frames of each burst that may still be in the buffer.
        self._bursts: deque[tuple[int, int]] = deque()
        self._size = 0
        self._frames = 0

    def add(self, burst: Burst) -> None:
        """Take note that ``burst`` was written."""
        size, frames = len(burst.websocket), len(burst.messages)
        self._bursts.append((size, frames))
        self._size += size
        self._frames += frames

    def waiting(self, buffered: int) -> int:
        """How many of the counted frames are, at least partly, among the last ``buffered`` bytes."""
        while self._bursts and self._size - self._bursts[0][0] >= buffered:
            size, frames = self._bursts.popleft()
            self._size -= size
            self._frames -= frames
        return self._frames
