"""The tree of subagents of each session."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeAlias

from eventyard import Event

from eventyard_agent.agent import Agent

__all__ = ["AgentTree"]

#: What tells one agent from all others: its session and its id.
AgentKey: TypeAlias = tuple[str | None, str]


class AgentTree:
    """The tree of subagents of each session.

    The events of an agent may come in any order, and any of them may be missing. An agent is shown once its start is
    known: Claude Code, for one, sends stops of agents that it uses itself and that never started.
    """

    def __init__(self, *, agent_limit: int, lost_after: float) -> None:
        """Keep bounds.

        Args:
            agent_limit: How many agents are kept; the oldest that is not running makes room first.
            lost_after: Seconds after which a running agent is given up as lost.
        """
        self._agent_limit = agent_limit
        self._lost_after = lost_after
        self._agents: OrderedDict[AgentKey, Agent] = OrderedDict()

    def start(self, event: Event) -> None:
        """Take in a ``subagent_start``."""
        agent = self._agent_of(event)
        if agent is None or agent.is_running:
            return
        agent.begin(event)
        self._suppose_parent(agent, event.parentagent)
        self._make_room()

    def stop(self, event: Event) -> None:
        """Take in a ``subagent_stop``; the last one of an agent counts."""
        agent = self._agent_of(event)
        if agent is None:
            return
        agent.finish(event)
        self._suppose_parent(agent, event.parentagent)
        self._make_room()

    def link(self, event: Event) -> None:
        """Take in a ``subagent_link``: what it says of the parent counts more than what others said."""
        agent = self._agent_of(event)
        if agent is None:
            return
        agent.link(event)
        self._set_parent(agent, event.data["parent"])
        self._make_room()

    def end_session(self, session: str | None) -> None:
        """Give up what is running in ``session``."""
        self._lose_all(lambda agent: agent.session == session)

    def expire(self, now: float) -> None:
        """Give up what has been running for too long at ``now``, seconds since the epoch."""
        oldest = now - self._lost_after
        self._lose_all(lambda agent: agent.started_at is not None and agent.started_at < oldest)

    def _agent_of(self, event: Event) -> Agent | None:
        """The agent that ``event`` tells of, new if need be; ``None`` when the event does not say which."""
        if event.agent is None:
            return None
        return self._agents.setdefault((event.session, event.agent), Agent(event.agent, event.session))

    def _suppose_parent(self, agent: Agent, parent: str | None) -> None:
        if agent.parent is None and parent is not None:
            self._set_parent(agent, parent)

    def _set_parent(self, agent: Agent, parent: str) -> None:
        """Set the parent, unless it descends from ``agent``: it stays a tree, whatever senders say."""
        ancestor: str | None = parent
        while ancestor is not None:
            if ancestor == agent.id:
                return
            above = self._agents.get((agent.session, ancestor))
            ancestor = None if above is None else above.parent
        agent.parent = parent

    def _lose_all(self, is_lost: Callable[[Agent], bool]) -> None:
        for agent in self._agents.values():
            if agent.is_running and is_lost(agent):
                agent.lose()

    def _make_room(self) -> None:
        if len(self._agents) > self._agent_limit:
            not_running = (key for key, agent in self._agents.items() if not agent.is_running)
            del self._agents[next(not_running, next(iter(self._agents)))]

    def to_json(self) -> list[dict[str, Any]]:
        """Sessions, each with its agents, as a JSON array; both in the order in which they were first heard of."""
        children: dict[AgentKey, list[str]] = {}
        shown = [agent for agent in self._agents.values() if agent.started is not None]
        for agent in shown:
            if agent.parent is not None:
                children.setdefault((agent.session, agent.parent), []).append(agent.id)
        sessions: dict[str | None, list[dict[str, Any]]] = {}
        for agent in shown:
            node = agent.to_json(children.get((agent.session, agent.id), ()))
            sessions.setdefault(agent.session, []).append(node)
        return [{"session": session, "agents": agents} for session, agents in sessions.items()]
