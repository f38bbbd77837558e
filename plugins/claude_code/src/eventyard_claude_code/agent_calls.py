"""The tool calls that start subagents, remembered until it is known which subagent each of them started."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, TypeVar

__all__ = ["MAIN_AGENT", "AgentCall", "AgentCalls"]

#: Stands for the session's main agent, which has no id.
MAIN_AGENT: Final = "main"

#: How many open calls and how many started subagents are remembered, over all sessions.
_CAPACITY: Final = 512

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class AgentCall:
    """A tool call that starts a subagent.

    Attributes:
        tool_use_id: Id of the call.
        caller: The agent that made it: an agent's id or ``main``.
        agent_type: Type of the subagent that it asks for; ``None`` when it leaves that open.
        description: What the subagent is for, or the beginning of it.
        prompt: What the subagent is told, or the beginning of it.
    """

    tool_use_id: str
    caller: str
    agent_type: str | None
    description: str | None
    prompt: str | None


class AgentCalls:
    """Who started which subagent, as far as it can be known.

    A subagent's start names no call and no parent. Its parent is inferred from the calls that are open, and is only
    certain once the call's response names the subagent.
    """

    def __init__(self) -> None:
        self._unclaimed: OrderedDict[tuple[str, str], AgentCall] = OrderedDict()
        self._starters: OrderedDict[tuple[str, str], AgentCall] = OrderedDict()

    def opened(self, session: str, call: AgentCall) -> None:
        """Remember a call that is about to start a subagent."""
        _put(self._unclaimed, (session, call.tool_use_id), call)

    def closed(self, session: str, tool_use_id: str) -> None:
        """Forget a call that has ended, however it ended."""
        self._unclaimed.pop((session, tool_use_id), None)

    def linked(self, session: str, agent: str, call: AgentCall) -> None:
        """Remember that ``call`` has started ``agent``: its response said so."""
        _put(self._starters, (session, agent), call)

    def claimed_by(self, session: str, agent: str, agent_type: str | None) -> AgentCall | None:
        """The call that started ``agent``: the one that is known, else the only open one that asks for its type.

        A call that is found starts no other subagent from then on.
        """
        if known := self._starters.get((session, agent)):
            return known
        fitting = self._fitting(session, agent_type)
        if len(fitting) != 1:
            return None
        (call,) = fitting
        del self._unclaimed[session, call.tool_use_id]
        _put(self._starters, (session, agent), call)
        return call

    def common_caller(self, session: str, agent_type: str | None) -> str | None:
        """The agent that made all open calls for a subagent of this type; ``None`` when several agents did."""
        callers = {call.caller for call in self._fitting(session, agent_type)}
        return callers.pop() if len(callers) == 1 else None

    def forget(self, session: str) -> None:
        """Forget an ended session."""
        for memory in (self._unclaimed, self._starters):
            for key in [key for key in memory if key[0] == session]:
                del memory[key]

    def _fitting(self, session: str, agent_type: str | None) -> list[AgentCall]:
        return [
            call
            for (holder, _), call in self._unclaimed.items()
            if holder == session and call.agent_type in {None, agent_type}
        ]


def _put(memory: OrderedDict[tuple[str, str], Value], key: tuple[str, str], value: Value) -> None:
    memory[key] = value
    if len(memory) > _CAPACITY:
        memory.popitem(last=False)
