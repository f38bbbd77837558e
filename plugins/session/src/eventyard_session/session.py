"""One agent session: what its events say about whether it works, waits, is idle or has ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from eventyard import Event

__all__ = ["Session", "Status"]

Status: TypeAlias = Literal["ended", "idle", "waiting", "working"]

#: Kinds of notifications that say that the session cannot go on without its user.
NEEDS_USER = frozenset({"agent_needs_input", "elicitation_dialog", "elicitation_url_dialog", "permission_prompt"})

#: Kinds of notifications that say that the user has answered.
ANSWERED = frozenset({"elicitation_complete", "elicitation_response"})

#: What an ended session does only when it was resumed. Its ``session_start`` may be missing; and what else comes after
#: the end is late news from before it.
RESUMES = frozenset({"permission_request", "session_start", "subagent_start", "tool_start", "user_prompt"})


@dataclass(slots=True)
class Session:
    """One agent session.

    The order of the events decides, not their times: those are taken from the senders' clocks as they are.

    Attributes:
        id: The session's id.
        since: Time since when it has its ``status`` for the reason ``why``.
        text_length: How many characters of free text are kept.
        question_tools: The tools whose call is a question to the user.
        status: What the session does. A session is idle until something is seen to run.
        why: What it waits for; of an idle session, why its last turn failed; of an ended one, why it ended.
        title: What the session is called.
        cwd: The directory it was started in.
        model: The language model.
        project: The project, as the envelope of its first event that has one names it.
        host: The machine, likewise.
        prompt: The last prompt.
        tool: The tool that was called last and still runs; of calls in parallel, only the latest is followed.
        turns: How many turns have ended.
        errors: How many errors there were.
        last_activity: Time of its last event.
    """

    id: str
    since: str
    text_length: int
    question_tools: frozenset[str]
    status: Status = "idle"
    why: str | None = None
    title: str | None = None
    cwd: str | None = None
    model: str | None = None
    project: str | None = None
    host: str | None = None
    prompt: str | None = None
    tool: str | None = None
    turns: int = 0
    errors: int = 0
    last_activity: str = ""
    #: What pairs the start and the stop of ``tool``.
    _call: str | None = field(default=None, init=False)
    #: Agent and tool that the session waits for, where it is known.
    _asking: tuple[str | None, str] | None = field(default=None, init=False)

    def apply(self, event: Event) -> None:
        """Follow the session through one more of its events."""
        kind = event.type
        self.last_activity = event.time
        self.project = self.project or event.get("project")
        self.host = self.host or event.get("host")
        if self.status == "ended" and kind not in RESUMES:
            return
        data = event["data"]
        match kind:
            case "tool_start":
                self.cwd = self.cwd or data.get("cwd")
                self.tool, self._call = data["tool"], event.correlationid
                if self.tool in self.question_tools:
                    self._ask(event)
                else:
                    self._go_on(event)
            case "tool_stop":
                if event.correlationid == self._call:
                    self.tool = None
                self._go_on(event)
            case "session_start":
                self.cwd = self.cwd or data.get("cwd")
                self.model = data.get("model", self.model)
                self._take_title(event)
                # Compaction comes in the middle of a turn, which goes on.
                if data["reason"] != "compact" or self.status == "ended":
                    self._become("idle", event)
            case "session_end":
                self._become("ended", event, data["reason"])
            case "user_prompt":
                self.prompt = self._shorten(data["prompt"])
                self._take_title(event)
                self.tool = None
                self._become("working", event)
            case "turn_end":
                self.turns += 1
                self._become("idle", event, _failure(data) if data["outcome"] == "failed" else None)
            case "notification":
                self._heed(event)
            case "permission_request":
                self._ask(event)
            case "subagent_start":
                self._go_on(event)

    def to_json(self) -> dict[str, object]:
        """The session as a JSON object."""
        return {
            "session": self.id,
            "status": self.status,
            "why": self.why,
            "since": self.since,
            "title": self.title,
            "prompt": self.prompt,
            "tool": self.tool,
            "cwd": self.cwd,
            "model": self.model,
            "project": self.project,
            "host": self.host,
            "turns": self.turns,
            "errors": self.errors,
            "last_activity": self.last_activity,
        }

    def _ask(self, event: Event) -> None:
        """Wait for the user's answer to a tool's call."""
        tool = event.data["tool"]
        self._become("waiting", event, "question" if tool in self.question_tools else f"permission for {tool}")
        self._asking = (event.agent, tool)

    def _go_on(self, event: Event) -> None:
        """Work, unless what goes on tells nothing about what the session waits for."""
        if self._asking is None:
            if self.status == "working":
                return
        else:
            agent, tool = self._asking
            if event.agent != agent:
                return
            # The stop of another tool's call, which ran in parallel.
            if event.type == "tool_stop" and event.data["tool"] != tool:
                return
        self._become("working", event)

    def _heed(self, event: Event) -> None:
        """Take from a notification what it says about the status."""
        kind = event.data.get("kind")
        if kind == "idle_prompt":
            # A session that is idle already keeps the reason why its turn failed.
            if self.status != "idle":
                self._become("idle", event)
        elif self._asking is not None:
            # The call that asks says more than a notification about it.
            return
        elif kind in NEEDS_USER:
            self._become("waiting", event, event.data["message"] or kind)
        elif kind in ANSWERED and self.status == "waiting":
            self._become("working", event)

    def _become(self, status: Status, event: Event, why: str | None = None) -> None:
        why = None if why is None else self._shorten(why)
        if (status, why) != (self.status, self.why):
            self.since = event.time
        self.status, self.why, self._asking = status, why, None
        if status in ("ended", "idle"):
            self.tool = None

    def _take_title(self, event: Event) -> None:
        if "title" in event.data:
            self.title = self._shorten(event.data["title"])

    def _shorten(self, text: str) -> str:
        return text if len(text) <= self.text_length else text[: self.text_length - 1] + "…"


def _failure(turn: Mapping[str, Any]) -> str:
    """Why a turn failed: the agent's code for it, or what it said last where the code says nothing."""
    code = turn.get("error")
    if code and code != "unknown":
        return str(code)
    return str(turn.get("last_message") or code or "the turn failed")
