"""An error that nobody has acknowledged yet."""

from collections import deque
from dataclasses import dataclass, field
from typing import TypeAlias

from eventyard import Event

__all__ = ["Key", "UnresolvedError"]

#: What equal errors have in common: source, kind, message and session.
Key: TypeAlias = tuple[str, str, str, str | None]

#: How many of the latest repeats can be acknowledged by their own id. A client that shows the events one by one may
#: acknowledge any of them; a bound is needed because an error can repeat without end.
KNOWN_REPEATS = 100


@dataclass(slots=True)
class UnresolvedError:
    """Equal errors that nobody has acknowledged yet.

    Attributes:
        source: The source of the error events.
        kind: What went wrong, for programs.
        message: What went wrong, for people; perhaps shortened.
        session: The agent session they belong to, if any.
        first: Time of the first of them.
        last: Time of the latest.
        count: How many there were.
        severity: Of the latest, as are the following: ``agent``, ``tool``, ``plugin``, ``event_type``.
        ids: Ids of the latest of them.
    """

    source: str
    kind: str
    message: str
    session: str | None
    first: str
    last: str = ""
    count: int = 0
    severity: str = "error"
    agent: str | None = None
    tool: str | None = None
    plugin: str | None = None
    event_type: str | None = None
    ids: deque[str] = field(default_factory=lambda: deque(maxlen=KNOWN_REPEATS))

    @property
    def key(self) -> Key:
        """What these errors have in common."""
        return (self.source, self.kind, self.message, self.session)

    def add(self, event: Event) -> None:
        """Count one more of them."""
        data = event.data
        self.ids.append(event.id)
        self.count += 1
        self.last = event.time
        self.severity = data.get("severity", "error")
        self.agent = event.agent
        self.tool = data.get("tool")
        self.plugin = data.get("plugin")
        self.event_type = data.get("event_type")

    def to_json(self) -> dict[str, object]:
        """The error as a JSON object; ``source`` and ``id`` name the latest of the events."""
        return {
            "source": self.source,
            "id": self.ids[-1],
            "kind": self.kind,
            "message": self.message,
            "severity": self.severity,
            "session": self.session,
            "agent": self.agent,
            "tool": self.tool,
            "plugin": self.plugin,
            "event_type": self.event_type,
            "count": self.count,
            "first": self.first,
            "last": self.last,
        }
