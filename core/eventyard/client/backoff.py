"""How long to wait before a server is tried again."""

import random
from typing import Final

__all__ = ["Backoff"]

# Seconds before the first attempt, and at most.
_FIRST: Final = 0.25
_LONGEST: Final = 10.0

# What a server may ask for at most, in seconds.
_LONGEST_WISH: Final = 300.0


class Backoff:
    """Pauses that double, each shortened at random, so that many clients of one server do not come back together."""

    def __init__(self) -> None:
        self._next = _FIRST

    def reset(self) -> None:
        """Begin again with the shortest pause: the server was there."""
        self._next = _FIRST

    def pause(self, wish: float | None = None) -> float:
        """The seconds until the next attempt.

        Args:
            wish: The seconds that the server asks to be left alone for; it is never tried before.
        """
        longest, self._next = self._next, min(self._next * 2, _LONGEST)
        pause = longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads clients, hides nothing
        return pause if wish is None else min(wish, _LONGEST_WISH) + pause
