"""Where an event goes."""

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Route"]


@dataclass(frozen=True, slots=True)
class Route:
    """Where an event goes.

    Attributes:
        namespace: An installed Socket.IO namespace, for example ``/tools``.
        rooms: Only subscribers in one of these rooms receive the event; empty means everybody in the namespace. A
            namespace handler moves its clients in and out with ``enter_room`` and ``leave_room``. Any iterable of
            texts is taken, and becomes a set.

    Raises:
        TypeError: One of them is something else.
    """

    namespace: str
    rooms: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not isinstance(self.namespace, str):
            message = f"Route.namespace is {type(self.namespace).__name__}, expected str"
            raise TypeError(message)
        if self.rooms or type(self.rooms) is not frozenset:
            # Plugins make routes, and what is no set would fail only where the event is sent.
            object.__setattr__(self, "rooms", _texts(self.rooms))


def _texts(rooms: object) -> frozenset[str]:
    """``rooms`` as a set.

    Raises:
        TypeError: They are no iterable of texts. A single text is one too, of its letters, and never what is meant.
    """
    expected = "expected an iterable of str"
    if isinstance(rooms, str) or not isinstance(rooms, Iterable):
        message = f"Route.rooms is {type(rooms).__name__}, {expected}"
        raise TypeError(message)
    texts = list(rooms)
    for each in texts:
        if not isinstance(each, str):
            message = f"Route.rooms has {type(each).__name__} in it, {expected}"
            raise TypeError(message)
    return frozenset(texts)
