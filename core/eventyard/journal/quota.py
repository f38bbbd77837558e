"""How much is kept of a type, and of all types together."""

from collections.abc import Mapping
from dataclasses import dataclass

from eventyard.events import BufferPolicy

__all__ = ["Quota", "Quotas"]


@dataclass(frozen=True, slots=True)
class Quota:
    """How much is kept of one type.

    Attributes:
        events: So many events at most.
        size: So many bytes at most; ``None`` for no bound of its own.
        age: So many seconds at most; ``None`` for no bound.
    """

    events: int
    size: int | None = None
    age: float | None = None


@dataclass(frozen=True, slots=True)
class Quotas:
    """The quotas of a journal.

    Attributes:
        max_buffer_size: Events kept of a type whose policy gives no capacity.
        size: Bytes kept of all types together. What is over it is taken from the type that has the most bytes, so
            that no type pushes out another one that is smaller.
        age: Seconds that an event of any type is kept; ``None`` for no bound.
        by_type: What the user set for single types; a member that is ``None`` leaves it to the policy.
    """

    max_buffer_size: int
    size: int
    age: float | None
    by_type: Mapping[str, tuple[int | None, int | None, float | None]]

    def of(self, type_name: str, policy: BufferPolicy) -> Quota:
        """The quota of a type with ``policy``."""
        events, size, age = self.by_type.get(type_name, (None, None, None))
        if events is None:
            events = self.max_buffer_size if policy.capacity is None else policy.capacity
        return Quota(events, size, self.age if age is None else age)
