"""How events are collected before they are sent, and while no server takes them."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Buffering"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Buffering:
    """How events are collected before they are sent, and while no server takes them.

    Attributes:
        max_events: Events that may wait.
        max_bytes: Bytes of events that may wait.
        when_full: What ``send()`` does when no more may wait: ``wait`` until there is room, ``drop_oldest`` of those
            that were sent and wait, counted in ``counts.dropped``, or ``raise`` :class:`BufferFull`.
        batch_events: Events of one request, at most.
        batch_bytes: Bytes of one request, at most, unless one event has more.
        linger: Seconds that a sent event may wait for others to share its request.
    """

    max_events: int = 10_000
    max_bytes: int = 64 * 1024 * 1024
    when_full: Literal["wait", "drop_oldest", "raise"] = "wait"
    batch_events: int = 500
    batch_bytes: int = 1024 * 1024
    linger: float = 0.02

    def __post_init__(self) -> None:
        if min(self.max_events, self.max_bytes, self.batch_events, self.batch_bytes) < 1 or self.linger < 0:
            message = f"expected numbers above 0, and a linger not below it: {self}"
            raise ValueError(message)
        if self.when_full not in {"wait", "drop_oldest", "raise"}:
            message = f"when_full is {self.when_full!r}, expected 'wait', 'drop_oldest' or 'raise'"
            raise ValueError(message)
