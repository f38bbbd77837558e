"""Events that could not be accepted, kept with the reasons."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eventyard.events import Issue

__all__ = ["DeadLetter", "DeadLetters"]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event, or a foreign body, that could not be accepted.

    Attributes:
        number: Its place among the dead letters, from 1.
        time: When it was refused, RFC 3339.
        intake: How it came in: ``http``, ``socket.io``, ``server``, or the source of a foreign body.
        body: What was sent: the event as received, or the foreign body.
        issues: Why it was refused.
    """

    number: int
    time: str
    intake: str
    body: Any
    issues: tuple[Issue, ...]

    def to_json(self) -> dict[str, object]:
        """The letter as a JSON object, payload included."""
        return {
            "number": self.number,
            "time": self.time,
            "intake": self.intake,
            "body": self.body,
            "issues": [issue.to_json() for issue in self.issues],
        }


class DeadLetters:
    """The latest dead letters, bounded by count."""

    def __init__(self, capacity: int) -> None:
        """Keep at most ``capacity`` letters; the oldest makes room."""
        self._letters: deque[DeadLetter] = deque(maxlen=capacity)
        self._total = 0

    def __len__(self) -> int:
        return len(self._letters)

    @property
    def total(self) -> int:
        """How many there ever were."""
        return self._total

    def add(self, time: str, intake: str, body: object, issues: Sequence[Issue]) -> DeadLetter:
        """Keep what was refused."""
        self._total += 1
        letter = DeadLetter(self._total, time, intake, body, tuple(issues))
        self._letters.append(letter)
        return letter

    def after(self, number: int, limit: int) -> list[DeadLetter]:
        """At most ``limit`` letters behind ``number``, oldest first."""
        return [letter for letter in self._letters if letter.number > number][:limit]
