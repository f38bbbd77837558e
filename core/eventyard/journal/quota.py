"""How much is kept of each type, and of all types together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from eventyard.events import BufferPolicy

__all__ = ["Limits", "Quotas"]


class Limits(NamedTuple):
    """How much is kept of one type; ``None`` for no bound.

    Attributes:
        events: So many events.
        size: So many bytes, but at least one event.
        age: For so many seconds.
    """

    events: int | None = None
    size: int | None = None
    age: float | None = None


@dataclass(frozen=True, slots=True)
class Quotas:
    """The quotas of a journal.

    Attributes:
        max_buffer_size: Events kept of a type whose policy gives no capacity.
        size: Bytes kept of all types together. What is over it is taken from the type that has the most bytes, so
            that no type pushes out another one that is smaller. Types that are *always buffered* give nothing as long
            as they have no more than half of it together.
        age: Seconds that an event is kept; ``None`` for no bound.
        types: What the user has set for single types, which goes before what their policies say.
    """

    max_buffer_size: int
    size: int
    age: float | None = None
    types: Mapping[str, Limits] = field(default_factory=dict)

    def limits(self, type_name: str, policy: BufferPolicy) -> Limits:
        """How much is kept of the type ``type_name`` under ``policy``."""
        own = self.types.get(type_name, Limits())
        capacity = self.max_buffer_size if policy.capacity is None else policy.capacity
        events = capacity if own.events is None else own.events
        size = policy.max_bytes if own.size is None else own.size
        return Limits(events, size, self._youngest(policy.max_age if own.age is None else own.age))

    def limits_at_start(self, type_name: str) -> Limits:
        """The same for a type of which no event came yet, so that its policy is not known."""
        own = self.types.get(type_name, Limits())
        return own._replace(age=self._youngest(own.age))

    def _youngest(self, age: float | None) -> float | None:
        ages = [each for each in (age, self.age) if each is not None]
        return min(ages, default=None)
