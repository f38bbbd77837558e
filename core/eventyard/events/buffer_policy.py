"""What happens to the events of a type when nobody, or somebody, is listening."""

from dataclasses import dataclass
from enum import StrEnum
from math import inf

__all__ = ["BufferMode", "BufferPolicy"]


class BufferMode(StrEnum):
    """The four ways to treat an event, by the names of the specification's routing table."""

    #: Journaled; a client without a cursor is given what no client has had yet.
    BUFFER_IF_NO_CLIENTS = "buffer_if_no_clients"
    #: Journaled while the namespace has a subscriber; otherwise counted and dropped.
    DROP_IF_NO_CLIENTS = "drop_if_no_clients"
    #: Sent to whoever is there, never journaled; late joiners find the last one in the snapshot.
    ALWAYS_SEND = "always_send"
    #: Journaled with a quota of its own; a client without a cursor is given all that is kept.
    ALWAYS_BUFFER = "always_buffer"


@dataclass(frozen=True, slots=True)
class BufferPolicy:
    """How the events of one type are buffered.

    Attributes:
        mode: What happens with and without clients.
        capacity: How many events of the type are kept, from 1 on; ``None`` stands for the setting
            ``max_buffer_size``. Each type has its own quota, so a burst of one type never pushes out the events of
            another. Nothing is kept of what is always sent: there it is 0.
        max_bytes: How many bytes of events of the type are kept; ``None`` for no bound of its own.
        max_age: For how many seconds an event of the type is kept; ``None`` for no bound of its own.

    What the user sets for a type, under ``retention``, goes before all three.

    Raises:
        TypeError: One of them is of another type.
        ValueError: One of the numbers is not positive.
    """

    mode: BufferMode
    capacity: int | None = None
    max_bytes: int | None = None
    max_age: float | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.mode, BufferMode):
            message = f"BufferPolicy.mode is {type(self.mode).__name__}, expected a BufferMode"
            raise TypeError(message)
        if self.capacity != 0 or self.mode is not BufferMode.ALWAYS_SEND:
            _check("capacity", self.capacity, int, "a whole number from 1 on")
        _check("max_bytes", self.max_bytes, int, "a whole number from 1 on")
        _check("max_age", self.max_age, (int, float), "a positive number of seconds")

    @classmethod
    def buffer_if_no_clients(
        cls, capacity: int | None = None, *, max_bytes: int | None = None, max_age: float | None = None
    ) -> "BufferPolicy":
        """Journal the events; a new client is given what no client has had yet."""
        return cls(BufferMode.BUFFER_IF_NO_CLIENTS, capacity, max_bytes, max_age)

    @classmethod
    def drop_if_no_clients(
        cls, capacity: int | None = None, *, max_bytes: int | None = None, max_age: float | None = None
    ) -> "BufferPolicy":
        """Journal the events while somebody listens, else count and drop them."""
        return cls(BufferMode.DROP_IF_NO_CLIENTS, capacity, max_bytes, max_age)

    @classmethod
    def always_send(cls) -> "BufferPolicy":
        """Send the events to whoever is there and journal none."""
        return cls(BufferMode.ALWAYS_SEND, 0)

    @classmethod
    def always_buffer(
        cls, capacity: int | None = None, *, max_bytes: int | None = None, max_age: float | None = None
    ) -> "BufferPolicy":
        """Journal the events and give a new client all that is kept; other types never push them out."""
        return cls(BufferMode.ALWAYS_BUFFER, capacity, max_bytes, max_age)


def _check(name: str, value: object, kinds: type[int] | tuple[type[int], type[float]], expected: str) -> None:
    """See that ``value`` is ``None`` or a positive number.

    Raises:
        TypeError: It is of none of the ``kinds``.
        ValueError: It is not positive.
    """
    if value is None:
        return
    # True is a whole number in Python, and never meant.
    if type(value) is bool or not isinstance(value, kinds):
        message = f"BufferPolicy.{name} is {type(value).__name__}, expected {expected} or None"
        raise TypeError(message)
    if not 0 < value < inf:
        message = f"BufferPolicy.{name} is {value}, expected {expected} or None"
        raise ValueError(message)
