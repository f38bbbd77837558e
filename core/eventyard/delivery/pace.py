"""How much of the event loop's time may go to clients that catch up."""

import asyncio
from typing import Final

__all__ = ["Pace"]

#: After so many seconds of work, those who are live have their turn.
_SLICE: Final = 0.0003

#: For how long, at least; a timer of uvloop cannot be any shorter.
_REST: Final = 0.001

#: And for how many times the work took.
_PAUSE: Final = 2.0

#: What is written is sent at the end of the loop's round, when nobody measures it any more: 128 KiB take 40 to 75 µs.
_SECONDS_PER_BYTE: Final = 4e-10


class Pace:
    """Spreads the work for clients that catch up, so that those who are live hardly feel it.

    When many come back at once, all that they have missed is hundreds of megabytes, which are written in half a second
    without a pause: events that come meanwhile would wait for it.
    """

    def __init__(self) -> None:
        self._spent = 0.0
        # First come, first served.
        self._turn = asyncio.Lock()

    async def keep(self) -> None:
        """Wait until there may be more work."""
        async with self._turn:
            if self._spent < _SLICE:
                # Others have a chance to do something all the same.
                await asyncio.sleep(0)
            else:
                await asyncio.sleep(max(_REST, self._spent * _PAUSE))
                self._spent = 0.0

    def note(self, seconds: float, size: int) -> None:
        """Take note of work that took ``seconds`` and wrote ``size`` bytes."""
        self._spent += seconds + size * _SECONDS_PER_BYTE
