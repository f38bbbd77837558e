"""Runs that are to be deleted."""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

__all__ = ["Discard", "Discards"]


class Discard(NamedTuple):
    """A run of which nothing is needed any more.

    Attributes:
        seq: Its number.
        events: How many events it has.
    """

    seq: int
    events: int


class Discards:
    """Runs that are to be deleted, the first ones first.

    Attributes:
        events: How many events they have together.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self.events = 0
        self._runs: deque[Discard] = deque()

    def __len__(self) -> int:
        return len(self._runs)

    def add(self, runs: Iterable[Discard]) -> None:
        """Have ``runs`` deleted too."""
        for run in runs:
            self._runs.append(run)
            self.events += run.events

    def take(self, events: int) -> Sequence[Discard]:
        """The next runs, with so many events or a few more; whoever cannot delete them adds them again."""
        taken: list[Discard] = []
        while self._runs and events > 0:
            run = self._runs.popleft()
            taken.append(run)
            events -= run.events
            self.events -= run.events
        return taken
