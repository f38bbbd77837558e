"""The namespace ``/tools`` and its state: the tool calls."""

from collections.abc import Mapping
from typing import Any

from eventyard import Event, Namespace, moment

from eventyard_tool.calls import ToolCalls
from eventyard_tool.settings import DEFAULTS

__all__ = ["ToolNamespace"]


class ToolNamespace(Namespace):
    """Knows which tool calls are running, how long the finished ones took and how they ended.

    The events of other namespaces that it observes are those after which a call has no stop to expect: an agent ends
    its turn, or begins the next one, only when its calls are over.
    """

    name = "/tools"
    observes = ("session_end", "subagent_stop", "turn_end", "user_prompt")

    def __init__(self) -> None:
        super().__init__()
        self.configure(DEFAULTS)

    def configure(self, table: Mapping[str, Any]) -> None:
        """Take the limits of the state."""
        self._calls = ToolCalls(
            running_limit=table["running_limit"],
            recent_limit=table["recent_limit"],
            lost_after=table["lost_after"],
        )

    def apply(self, event: Event) -> None:
        """Take in a start or stop, or what ends the calls that have none."""
        kind = event.type
        if kind == "tool_stop":
            # As many stops come as starts, so that it is enough to look at the clock at those.
            self._calls.stop(event)
            return
        # The event's own time is the clock, so that a rebuild from the journal gives the same state.
        now = moment(event.time)
        match kind:
            case "tool_start":
                self._calls.start(event, now)
            case "session_end":
                self._calls.end_session(event.session)
            case "turn_end" | "user_prompt":
                self._calls.end_turn(event.session, event.agent)
            case "subagent_stop" if event.agent is not None:
                self._calls.end_turn(event.session, event.agent)
        if now is not None:
            self._calls.expire(now)

    def snapshot(self) -> dict[str, Any]:
        """The calls: ``running``, ``recent`` and ``counts``."""
        return self._calls.to_json()
