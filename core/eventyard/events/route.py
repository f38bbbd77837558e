"""Where an event goes."""

from dataclasses import dataclass

__all__ = ["Route"]


@dataclass(frozen=True, slots=True)
class Route:
    """Where an event goes.

    Attributes:
        namespace: An installed Socket.IO namespace, for example ``/tools``.
        rooms: Only subscribers in one of these rooms receive the event; empty means everybody in the namespace. A
            namespace handler moves its clients in and out with ``enter_room`` and ``leave_room``.
    """

    namespace: str
    rooms: frozenset[str] = frozenset()
