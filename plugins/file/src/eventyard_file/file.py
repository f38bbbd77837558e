"""One file that was touched."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from eventyard import Event

__all__ = ["TouchedFile"]


@dataclass(slots=True)
class TouchedFile:
    """One file or directory, the last operation on it, and how many there were of each kind.

    Attributes:
        path: The path, as the agent names it.
        last: The last operation; see :meth:`touch`.
        counts: How many operations of each kind there were since the file is kept.
    """

    path: str
    last: dict[str, Any] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def touch(self, event: Event) -> None:
        """Take in a ``file_operation``."""
        data = event.data
        self.last = {
            "operation": data["operation"],
            "time": event.time,
            "id": event.id,
            "session": event.session,
            "agent": event.agent,
            "correlationid": event.correlationid,
            "tool": data.get("tool"),
            "lines_added": data.get("lines_added"),
            "lines_removed": data.get("lines_removed"),
            "bytes": data.get("bytes"),
        }
        self.counts[data["operation"]] += 1

    def to_json(self) -> dict[str, Any]:
        """The file as a JSON object."""
        return {"path": self.path, "last": dict(self.last), "counts": dict(self.counts)}
