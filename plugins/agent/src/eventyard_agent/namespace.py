"""The namespace ``/agents`` and its state: the tree of subagents."""

from collections.abc import Mapping
from typing import Any

from eventyard import Event, Namespace, moment

from eventyard_agent.settings import DEFAULTS
from eventyard_agent.tree import AgentTree

__all__ = ["AgentNamespace"]


class AgentNamespace(Namespace):
    """Knows the subagents of each session: who started them, which are running, how the others ended.

    It observes ``session_end``, after which no agent of the session is running, whether it has said so or not.
    """

    name = "/agents"
    observes = ("session_end",)

    def __init__(self) -> None:
        super().__init__()
        self.configure(DEFAULTS)

    def configure(self, table: Mapping[str, Any]) -> None:
        """Take the limits of the state."""
        self._tree = AgentTree(agent_limit=table["agent_limit"], lost_after=table["lost_after"])

    def apply(self, event: Event) -> None:
        """Take in what one event says of an agent, or of all agents of a session."""
        match event.type:
            case "subagent_start":
                self._tree.start(event)
            case "subagent_stop":
                self._tree.stop(event)
            case "subagent_link":
                self._tree.link(event)
            case "session_end":
                self._tree.end_session(event.session)
        # The event's own time is the clock, so that a rebuild from the journal gives the same state.
        now = moment(event.time)
        if now is not None:
            self._tree.expire(now)

    def snapshot(self) -> dict[str, Any]:
        """``sessions``: each with its ``agents``."""
        return {"sessions": self._tree.to_json()}
