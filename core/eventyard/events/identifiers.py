"""Identifiers for events that come without one."""

import os

from eventyard.events.clock import now

__all__ = ["uuid7"]

# The last timestamp that was given out, so that ids of one process sort in the order they were made.
_last_tick = 0


def uuid7() -> str:
    """A new UUID version 7 (RFC 9562 §5.7), strictly increasing within the process.

    The 12 bits after the millisecond hold a fraction of it (RFC 9562 §6.2, method 3).
    """
    global _last_tick  # noqa: PLW0603 - the order must hold across all callers in the process
    tick = int(now() * 4_096_000)
    if tick <= _last_tick:
        tick = _last_tick + 1
    _last_tick = tick
    milliseconds, fraction = divmod(tick, 4096)
    tail = int.from_bytes(os.urandom(8)) & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    digits = f"{milliseconds:012x}7{fraction:03x}{tail:016x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
