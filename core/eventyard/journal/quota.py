"""How much is kept of each type, and of all types together."""

from dataclasses import dataclass

from eventyard.events import BufferPolicy

__all__ = ["Quotas"]


@dataclass(frozen=True, slots=True)
class Quotas:
    """The quotas of a journal.

    Attributes:
        max_buffer_size: Events kept of a type whose policy gives no capacity.
        size: Bytes kept of all types together. What is over it is taken from the type that has the most bytes, so
            that no type pushes out another one that is smaller.
        age: Seconds that an event is kept; ``None`` for no bound.
    """

    max_buffer_size: int
    size: int
    age: float | None = None

    def events(self, policy: BufferPolicy) -> int:
        """How many events are kept of a type with ``policy``."""
        return self.max_buffer_size if policy.capacity is None else policy.capacity
