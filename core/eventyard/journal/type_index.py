"""What the index knows of one event type."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from eventyard.events import BufferPolicy
from eventyard.journal.quota import Limits

if TYPE_CHECKING:
    from eventyard.journal.stream_index import StreamIndex

__all__ = ["TypeIndex"]


@dataclass(slots=True, eq=False)
class TypeIndex:
    """What the index knows of one event type in one stream.

    Attributes:
        stream: The stream.
        name: The event type.
        number: What it is called in the stream's rows.
        policy: The policy that the limits belong to; ``None`` before the first event.
        limits: How much is kept.
        protected: Whether other types may not push it out.
        events: How many events are kept.
        size: Bytes of them.
        gone: Offsets of those that were trimmed since that was last told.
    """

    stream: "StreamIndex"
    name: str
    number: int
    policy: BufferPolicy | None = None
    limits: Limits = field(default_factory=Limits)
    protected: bool = False
    events: int = 0
    size: int = 0
    gone: list[int] = field(default_factory=list)
    # From where on its oldest row is to be looked for, as long as no rows were swept away.
    _begin: int = 0
    _sweeps: int = 0

    def oldest(self) -> float:
        """When its oldest event was accepted; there must be one."""
        rows = self.stream.rows
        self._begin = rows.find(self.number, self._first_look())
        return rows.recorded[self._begin]

    def forget(self, count: int) -> int:
        """Forget its ``count`` oldest events; gives the bytes of them."""
        offsets, size, self._begin = self.stream.rows.remove(self.number, self._first_look(), count)
        self.gone += offsets
        self.events -= count
        return size

    def _first_look(self) -> int:
        if self._sweeps != self.stream.rows.sweeps:
            self._begin, self._sweeps = 0, self.stream.rows.sweeps
        return self._begin
