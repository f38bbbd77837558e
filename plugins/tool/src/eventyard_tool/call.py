"""One tool call."""

from dataclasses import dataclass
from typing import Any, Final, Self, TypeAlias

from eventyard import Event, elapsed_ms

__all__ = ["LOST", "OUTCOMES", "CallKey", "ToolCall", "call_key"]

#: The outcome of a call whose stop never came.
LOST: Final = "lost"

#: How a call can end: what ``tool_stop`` says, or :data:`LOST`.
OUTCOMES: Final = ("success", "failed", "denied", "cancelled", "unknown", LOST)

#: What tells one call from all others.
CallKey: TypeAlias = tuple[str | None, str]

_DESCRIPTION_LENGTH: Final = 200


def call_key(event: Event) -> CallKey:
    """The session and tool use id of the call; an event without ``correlationid`` is a call of its own."""
    correlationid = event.correlationid
    return (event.source, event.id) if correlationid is None else (event.session, correlationid)


@dataclass(slots=True)
class ToolCall:
    """One tool call, as far as its start, its stop or both have told of it.

    Input and output are left out: either may be a megabyte, and whoever wants them has the events.

    Attributes:
        tool: Name of the tool.
        session: The agent session.
        agent: The subagent that made the call; ``None`` for the main agent.
        correlationid: The tool use id.
        description: What the agent says the call is for, its first 200 characters.
        start_id: ``id`` of the ``tool_start``; ``None`` while that was not seen.
        stop_id: ``id`` of the ``tool_stop``; ``None`` while that was not seen.
        started: Time of the start.
        stopped: Time of the stop.
        started_at: :attr:`started` in seconds since the epoch.
        reported_ms: How long the call took, where the stop says it.
        outcome: One of :data:`OUTCOMES`; ``None`` while the call is running.
    """

    tool: str
    session: str | None
    agent: str | None
    correlationid: str | None
    description: str | None = None
    start_id: str | None = None
    stop_id: str | None = None
    started: str | None = None
    stopped: str | None = None
    started_at: float | None = None
    reported_ms: float | None = None
    outcome: str | None = None

    @classmethod
    def of(cls, event: Event) -> Self:
        """The call that ``event``, a start or a stop, belongs to."""
        return cls(event["data"]["tool"], event.session, event.agent, event.correlationid)

    @property
    def duration_ms(self) -> float | None:
        """How long the call took: as the stop says, else as the two times say."""
        if self.reported_ms is None and self.started is not None and self.stopped is not None:
            return elapsed_ms(self.started, self.stopped)
        return self.reported_ms

    def begin(self, event: Event, at: float | None) -> None:
        """Take in the ``tool_start``, whose time is ``at`` seconds since the epoch."""
        self.start_id = event.id
        self.started = event.time
        self.started_at = at
        self.description = event["data"].get("description", "")[:_DESCRIPTION_LENGTH] or None

    def finish(self, event: Event) -> None:
        """Take in the ``tool_stop``."""
        self.stop_id = event.id
        self.stopped = event.time
        data = event["data"]
        self.reported_ms = data.get("duration_ms")
        self.outcome = data["outcome"]

    def lose(self) -> None:
        """Give up waiting for the stop."""
        self.outcome = LOST

    def to_json(self) -> dict[str, Any]:
        """The call as a JSON object, with all members in every state."""
        return {
            "tool": self.tool,
            "session": self.session,
            "agent": self.agent,
            "correlationid": self.correlationid,
            "description": self.description,
            "start_id": self.start_id,
            "stop_id": self.stop_id,
            "started": self.started,
            "stopped": self.stopped,
            "duration_ms": self.duration_ms,
            "outcome": self.outcome,
        }
