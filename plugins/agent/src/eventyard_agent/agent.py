"""One subagent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from eventyard import Event, elapsed_ms, moment

__all__ = ["LOST", "Agent"]

#: The outcome of a subagent whose stop never came.
LOST: Final = "lost"

_DESCRIPTION_LENGTH: Final = 200


@dataclass(slots=True)
class Agent:
    """One subagent, as far as its start, its stop and its link have told of it.

    Prompt and last message are left out: either may be a megabyte, and whoever wants them has the events.

    Attributes:
        id: The agent id, unique within its session.
        session: The agent session.
        agent_type: Name of the kind of agent; ``None`` while unknown.
        parent: Id of the agent that started it, ``main`` for the session's main agent; ``None`` while unknown.
        description: What it is for, the first 200 characters.
        correlationid: The tool call by which it was started.
        background: Whether it works on while that tool call has returned.
        model: The language model that it runs on.
        tokens: How many tokens it used.
        tool_uses: How many tool calls it made.
        started: Time of the start; ``None`` while that was not seen.
        stopped: Time of the stop.
        started_at: :attr:`started` in seconds since the epoch.
        reported_ms: How long it worked, where its stop or its link says it.
        outcome: What ``subagent_stop`` says, or :data:`LOST`; ``None`` while there was no stop.
    """

    id: str
    session: str | None
    agent_type: str | None = None
    parent: str | None = None
    description: str | None = None
    correlationid: str | None = None
    background: bool | None = None
    model: str | None = None
    tokens: int | None = None
    tool_uses: int | None = None
    started: str | None = None
    stopped: str | None = None
    started_at: float | None = None
    reported_ms: float | None = None
    outcome: str | None = None

    @property
    def is_running(self) -> bool:
        """Whether it has started and not stopped."""
        return self.started is not None and self.outcome is None

    @property
    def duration_ms(self) -> float | None:
        """How long it worked: as the senders say, else as the two times say."""
        if self.reported_ms is None and self.started is not None and self.stopped is not None:
            return elapsed_ms(self.started, self.stopped)
        return self.reported_ms

    def begin(self, event: Event) -> None:
        """Take in a ``subagent_start``."""
        if self.started is not None:
            # An agent that starts again was resumed: what its last stop said is over.
            self.stopped = self.reported_ms = self.outcome = None
        self.started = event.time
        self.started_at = moment(event.time)
        self.agent_type = event.data["agent_type"] or self.agent_type
        self.description = event.data.get("description", "")[:_DESCRIPTION_LENGTH] or self.description
        self.correlationid = self.correlationid or event.correlationid

    def finish(self, event: Event) -> None:
        """Take in a ``subagent_stop``."""
        self.stopped = event.time
        self.reported_ms = event.data.get("duration_ms", self.reported_ms)
        self.outcome = event.data["outcome"]
        self.agent_type = self.agent_type or event.data["agent_type"] or None

    def link(self, event: Event) -> None:
        """Take in a ``subagent_link``, all but the parent."""
        data = event.data
        self.agent_type = self.agent_type or data.get("agent_type") or None
        self.correlationid = data.get("tool_use_id") or event.correlationid or self.correlationid
        self.background = data.get("background", self.background)
        self.model = data.get("model", self.model)
        self.tokens = data.get("tokens", self.tokens)
        self.tool_uses = data.get("tool_uses", self.tool_uses)
        self.reported_ms = data.get("duration_ms", self.reported_ms)

    def lose(self) -> None:
        """Give up waiting for the stop."""
        self.outcome = LOST

    def to_json(self, children: Sequence[str]) -> dict[str, Any]:
        """The agent as a JSON object, with all members in every state, and the ids of its ``children``."""
        return {
            "agent": self.id,
            "agent_type": self.agent_type,
            "parent": self.parent,
            "children": list(children),
            "status": "running" if self.outcome is None else "finished",
            "outcome": self.outcome,
            "description": self.description,
            "correlationid": self.correlationid,
            "background": self.background,
            "model": self.model,
            "tokens": self.tokens,
            "tool_uses": self.tool_uses,
            "started": self.started,
            "stopped": self.stopped,
            "duration_ms": self.duration_ms,
        }
