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

    def oldest_row(self) -> int:
        """Where its oldest event stands in the rows; there must be one."""
        rows = self.stream.rows
        if self._sweeps != rows.sweeps:
            self._begin, self._sweeps = 0, rows.sweeps
        self._begin = rows.find(self.number, self._begin)
        return self._begin

    def forget_oldest(self) -> int:
        """Forget its oldest event; gives the bytes of that."""
        rows, position = self.stream.rows, self.oldest_row()
        size = rows.sizes[position]
        self.gone.append(rows.offsets[position])
        self.events -= 1
        rows.remove(position)
        return size
