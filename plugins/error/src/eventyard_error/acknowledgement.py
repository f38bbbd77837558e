"""What a client sends to acknowledge an error."""

from dataclasses import dataclass
from typing import Any, Self

from eventyard import Event

__all__ = ["Acknowledgement"]

#: The members and how many characters each may have, as in the schema of ``error_acknowledged``.
LIMITS = {"source": 1024, "id": 256, "by": 256, "note": 4096}
REQUIRED = ("source", "id")


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What a client sends to acknowledge an error.

    Attributes:
        source: The source of the error event.
        id: The id of the error event.
        by: Who acknowledges it.
        note: What became of it.
    """

    source: str
    id: str
    by: str | None = None
    note: str | None = None

    @classmethod
    def parse(cls, body: Any) -> Self:
        """Check what came from a client; members that nobody asked for are ignored.

        Raises:
            ValueError: With a sentence for the client that says what was expected.
        """
        if not isinstance(body, dict):
            message = 'expected an object: {"source": "...", "id": "...", "by": "...", "note": "..."}'
            raise ValueError(message)
        for name, limit in LIMITS.items():
            value = body.get(name)
            if value is None and name not in REQUIRED:
                continue
            if not isinstance(value, str) or not 1 <= len(value) <= limit:
                message = f"{name}: expected a text of 1 to {limit} characters"
                raise ValueError(message)
        return cls(body["source"], body["id"], body.get("by"), body.get("note"))

    def to_event(self, session: str | None) -> Event:
        """The event that tells it; ``session`` is the error's, so that clients who follow that session get it."""
        data = {"error_source": self.source, "error_id": self.id, "by": self.by, "note": self.note}
        return Event.create(
            "error_acknowledged",
            source="/eventyard/errors",
            data={name: value for name, value in data.items() if value is not None},
            session=session,
            causationid=self.id,
        )
