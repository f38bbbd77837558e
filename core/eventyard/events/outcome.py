"""What became of one event that was sent in."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from eventyard.events.issue import Issue

__all__ = ["Outcome", "Status"]


class Status(StrEnum):
    """What became of an event."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


@dataclass(slots=True)
class Outcome:
    """What became of one event that was sent in; one entry of ``results`` in the answer to the sender.

    Attributes:
        id: The event's ``id``, also when the server filled it in; ``None`` when there was none to read.
        status: Accepted, duplicate or rejected.
        stream: The stream that the event went to, without the slash; ``None`` when it was rejected.
        offset: Its place in the stream; for a duplicate, the place of the original. ``None`` when the event is not
            journaled: rejected, always sent, or dropped because nobody listened.
        issues: Why it was rejected.
    """

    id: str | None
    status: Status
    stream: str | None = None
    offset: int | None = None
    issues: tuple[Issue, ...] = ()

    def to_json(self) -> dict[str, object]:
        """The outcome as a JSON object with all five members."""
        return {
            "id": self.id,
            # The same as value, which costs more than the rest.
            "status": self.status._value_,
            "stream": self.stream,
            "offset": self.offset,
            "issues": [issue.to_json() for issue in self.issues] if self.issues else [],
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """The outcome that the JSON object of an answer tells.

        Raises:
            KeyError: A member is missing.
            TypeError: ``issues`` is no list of objects.
            ValueError: The status is none that we know.
        """
        issues = tuple(Issue.from_json(issue) for issue in body["issues"])
        return cls(body["id"], Status(body["status"]), body["stream"], body["offset"], issues)
