"""Events that could not be accepted, kept with the reasons."""

import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from eventyard.events import Issue

__all__ = ["DeadLetter", "DeadLetters"]

# Whatever their number, the kept bodies take no more than this.
_MOST_BYTES: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event, or a foreign body, that could not be accepted.

    Attributes:
        number: Its place among the dead letters, from 1.
        time: When it was refused, RFC 3339.
        intake: How it came in: ``http``, ``socket.io``, ``server``, or the source of a foreign body.
        body: What was sent, as JSON: the event, completed as far as the server had got, or the foreign body. What
            orjson cannot write (nested too deep, a number that is too long) is kept as a JSON string that holds the
            text.
        issues: Why it was refused.
    """

    number: int
    time: str
    intake: str
    body: bytes
    issues: tuple[Issue, ...]

    def to_json(self) -> dict[str, object]:
        """The letter for orjson, payload included."""
        return {
            "number": self.number,
            "time": self.time,
            "intake": self.intake,
            "body": orjson.Fragment(self.body),
            "issues": [issue.to_json() for issue in self.issues],
        }


class DeadLetters:
    """The latest dead letters, bounded by count and bytes."""

    def __init__(self, capacity: int) -> None:
        """Keep at most ``capacity`` letters; the oldest makes room."""
        self._capacity = capacity
        self._letters: deque[DeadLetter] = deque()
        self._size = 0
        self._total = 0

    def __len__(self) -> int:
        return len(self._letters)

    @property
    def total(self) -> int:
        """How many there ever were."""
        return self._total

    def add(self, time: str, intake: str, body: Any, issues: Sequence[Issue]) -> DeadLetter:
        """Keep what was refused."""
        self._total += 1
        letter = DeadLetter(self._total, time, intake, _encoded(body), tuple(issues))
        self._letters.append(letter)
        self._size += len(letter.body)
        while self._letters and (len(self._letters) > self._capacity or self._size > _MOST_BYTES):
            self._size -= len(self._letters.popleft().body)
        return letter

    def after(self, number: int, limit: int) -> list[DeadLetter]:
        """At most ``limit`` letters behind ``number``, oldest first."""
        return [letter for letter in self._letters if letter.number > number][:limit]


def _encoded(body: Any) -> bytes:
    try:
        return orjson.dumps(body)
    except TypeError:
        pass
    try:
        return orjson.dumps(json.dumps(body, default=repr).encode("utf-8", "replace").decode())
    except (RecursionError, ValueError):
        return b"null"
