"""The state of ``/agents``: who started whom, who is running, and how the others ended."""

from typing import Any

import orjson
from eventyard import Event
from eventyard.events import timestamp
from eventyard_agent import AgentNamespace
from eventyard_agent.settings import DEFAULTS
from hypothesis import given, settings
from hypothesis import strategies as st

NOON = 1_769_860_800


def agent_event(name: str, agent: str | None, at: float, data: dict[str, Any], **attributes: Any) -> Event:
    """An event of subagent ``agent``, ``at`` seconds after noon."""
    envelope = {"id": f"{name}-{agent}", "time": timestamp(NOON + at), "session": "s1"} | attributes
    return Event.create(name, source="/test", data=data, agent=agent, **envelope)


def start(agent: str | None = "a1", at: float = 0, **attributes: Any) -> Event:
    """The start of a subagent."""
    return agent_event("subagent_start", agent, at, {"agent_type": "reviewer"}, **attributes)


def stop(agent: str | None = "a1", at: float = 5, outcome: str = "success", **attributes: Any) -> Event:
    """The stop of a subagent."""
    return agent_event("subagent_stop", agent, at, {"agent_type": "", "outcome": outcome}, **attributes)


def link(agent: str | None = "a1", parent: str = "main", at: float = 6, **data: Any) -> Event:
    """The news that ``parent`` started a subagent."""
    return agent_event("subagent_link", agent, at, {"parent": parent} | data)


def session_end(at: float = 10, session: str = "s1") -> Event:
    """The end of a session."""
    return agent_event("session_end", None, at, {"reason": "other"}, session=session)


def state_after(*events: Event, **limits: Any) -> dict[str, Any]:
    """The snapshot after ``events``."""
    namespace = AgentNamespace()
    namespace.configure(DEFAULTS | limits)
    for event in events:
        namespace.apply(event)
    return namespace.snapshot()


def agents_after(*events: Event, **limits: Any) -> dict[str, dict[str, Any]]:
    """The agents of all sessions after ``events``, by id."""
    sessions = state_after(*events, **limits)["sessions"]
    return {agent["agent"]: agent for session in sessions for agent in session["agents"]}


def test_there_are_no_agents_at_first() -> None:
    """A namespace that has seen nothing has no sessions."""
    assert state_after() == {"sessions": []}


def test_a_started_agent_is_running() -> None:
    """An agent that has started is running; what is not known of it is null."""
    event = agent_event("subagent_start", "a1", 0, {"agent_type": "reviewer", "description": "Look", "prompt": "Go"})
    assert state_after(event)["sessions"] == [
        {
            "session": "s1",
            "agents": [
                {
                    "agent": "a1",
                    "agent_type": "reviewer",
                    "parent": None,
                    "children": [],
                    "status": "running",
                    "outcome": None,
                    "description": "Look",
                    "correlationid": None,
                    "background": None,
                    "model": None,
                    "tokens": None,
                    "tool_uses": None,
                    "started": "2026-01-31T12:00:00.000Z",
                    "stopped": None,
                    "duration_ms": None,
                }
            ],
        }
    ]


def test_a_stopped_agent_is_finished() -> None:
    """A stop ends its agent with its outcome; the times tell how long it worked."""
    agent = agents_after(start(), stop(outcome="failed"))["a1"]
    assert (agent["status"], agent["outcome"], agent["duration_ms"]) == ("finished", "failed", 5000.0)
    assert agent["agent_type"] == "reviewer"


def test_agents_in_parallel_are_told_apart() -> None:
    """Agents may overlap; a stop ends its own."""
    agents = agents_after(start("a1"), start("a2"), stop("a1"))
    assert {name: agent["status"] for name, agent in agents.items()} == {"a1": "finished", "a2": "running"}


def test_sessions_are_told_apart() -> None:
    """The same id in another session, or in none, is another agent."""
    events = start(session="s1"), start(session="s2"), start(session=None), stop(session="s1")
    sessions = state_after(*events)["sessions"]
    told = [(session["session"], session["agents"][0]["status"]) for session in sessions]
    assert told == [("s1", "finished"), ("s2", "running"), (None, "running")]


def test_an_event_that_does_not_say_which_agent_is_passed_over() -> None:
    """Without ``agent`` there is nothing to tell of."""
    assert state_after(start(None), stop(None), link(None)) == {"sessions": []}


def test_a_start_may_name_the_parent() -> None:
    """A ``parentagent`` makes the agent its child, or a child of the main agent."""
    agents = agents_after(start("a1", parentagent="main"), start("a2", parentagent="a1"), start("a3", parentagent="a1"))
    assert {name: agent["parent"] for name, agent in agents.items()} == {"a1": "main", "a2": "a1", "a3": "a1"}
    assert agents["a1"]["children"] == ["a2", "a3"]


def test_a_link_sets_the_parent() -> None:
    """A link tells the parent of an agent of which it was unknown, and what else it knows."""
    agent = agents_after(start(), link(tool_use_id="toolu_1", background=True, model="m", tokens=9, tool_uses=2))["a1"]
    assert agent["parent"] == "main"
    assert (agent["correlationid"], agent["background"]) == ("toolu_1", True)
    assert (agent["model"], agent["tokens"], agent["tool_uses"]) == ("m", 9, 2)


def test_a_link_corrects_the_parent() -> None:
    """A link counts more than the ``parentagent`` of a start, whichever comes first."""
    before = agents_after(link("a2", "a1"), start("a1"), start("a2", parentagent="main"))
    after = agents_after(start("a1"), start("a2", parentagent="main"), link("a2", "a1"))
    assert before["a2"]["parent"] == after["a2"]["parent"] == "a1"
    assert before["a1"]["children"] == after["a1"]["children"] == ["a2"]


def test_no_agent_is_its_own_ancestor() -> None:
    """A parent that descends from the agent is not believed."""
    agents = agents_after(start("a1"), start("a2"), link("a1", "a1"), link("a2", "a1"), link("a1", "a2"))
    assert agents["a1"]["parent"] is None
    assert agents["a2"]["parent"] == "a1"


def test_a_stop_may_come_before_its_start() -> None:
    """An agent whose start comes late is finished, not running for ever."""
    agent = agents_after(stop(), start())["a1"]
    assert (agent["status"], agent["outcome"], agent["duration_ms"]) == ("finished", "success", 5000.0)


def test_an_agent_that_never_started_is_not_shown() -> None:
    """Stops and links without a start are noise of the agent program."""
    assert state_after(stop("a1"), link("a2")) == {"sessions": []}


def test_the_duration_that_a_sender_says_counts() -> None:
    """A duration in the payload of stop or link counts more than the times of the events."""
    assert agents_after(start(), stop(), link(duration_ms=178))["a1"]["duration_ms"] == 178


def test_the_end_of_the_session_ends_its_agents() -> None:
    """What is running in a session is lost when the session ends; other sessions go on."""
    agents = agents_after(start("a1"), start("a2"), stop("a2"), start("a3", session="s2"), session_end())
    assert {name: agent["outcome"] for name, agent in agents.items()} == {"a1": "lost", "a2": "success", "a3": None}
    assert (agents["a1"]["status"], agents["a1"]["duration_ms"]) == ("finished", None)


def test_an_old_agent_is_lost() -> None:
    """An agent is given up after ``lost_after`` seconds, by the times of the events."""
    agents = agents_after(start("a1"), start("a2", at=50), start("a3", at=101), lost_after=100)
    assert {name: agent["outcome"] for name, agent in agents.items()} == {"a1": "lost", "a2": None, "a3": None}


def test_a_stop_after_all_corrects_a_lost_agent() -> None:
    """An agent was given up too early: what its stop says counts."""
    assert agents_after(start(), session_end(), stop(at=20))["a1"]["outcome"] == "success"


def test_a_resumed_agent_is_running_again() -> None:
    """An agent that starts after it stopped is running, and its times are those of the new run."""
    events = start(), stop(), link(duration_ms=178), start(at=60, id="again")
    agent = agents_after(*events)["a1"]
    assert (agent["status"], agent["outcome"], agent["duration_ms"]) == ("running", None, None)
    assert agents_after(*events, stop(at=63))["a1"]["duration_ms"] == 3000.0


def test_a_start_that_comes_twice_changes_nothing() -> None:
    """A running agent does not start again."""
    assert agents_after(start(), start(at=3, id="again")) == agents_after(start())


def test_finished_agents_make_room_first() -> None:
    """Beyond ``agent_limit`` the oldest agent is forgotten that is not running."""
    assert list(agents_after(start("a1"), start("a2"), stop("a2"), start("a3"), agent_limit=2)) == ["a1", "a3"]


def test_the_oldest_running_agent_makes_room_when_all_are_running() -> None:
    """The limit holds, also when no agent has finished."""
    assert list(agents_after(start("a1"), start("a2"), start("a3"), agent_limit=2)) == ["a2", "a3"]


def test_a_snapshot_is_not_changed_by_later_events() -> None:
    """A snapshot stays what it was."""
    namespace = AgentNamespace()
    namespace.apply(start())
    snapshot = namespace.snapshot()
    before = orjson.dumps(snapshot)
    for event in (stop(), start("a2", parentagent="a1")):
        namespace.apply(event)
    assert orjson.dumps(snapshot) == before


AGENTS = st.sampled_from(["a1", "a2", "a3", "a4"])
PARENTS = st.sampled_from(["main", "a1", "a2", "a3", "a4"])
TIMES = st.sampled_from(
    ["2026-01-31T12:00:00Z", "2026-01-31T17:00:00.5+01:00", "2016-12-31T23:59:60Z", "0000-01-01T00:00:00Z"]
)
ENVELOPE = st.fixed_dictionaries(
    {"id": st.sampled_from(["1", "2", "3"]), "time": TIMES},
    optional={
        "session": st.sampled_from(["s1", "s2"]),
        "agent": AGENTS,
        "parentagent": PARENTS,
        "correlationid": st.just("toolu_1"),
    },
)
TEXTS = st.text(max_size=8)
DURATIONS = st.floats(0, 2**53 - 1)
PAYLOADS = {
    "subagent_start": st.fixed_dictionaries({"agent_type": TEXTS}, optional={"description": TEXTS}),
    "subagent_stop": st.fixed_dictionaries(
        {"agent_type": TEXTS, "outcome": st.sampled_from(["success", "failed"])}, optional={"duration_ms": DURATIONS}
    ),
    "subagent_link": st.fixed_dictionaries(
        {"parent": PARENTS},
        optional={"agent_type": TEXTS, "tool_use_id": TEXTS, "background": st.booleans(), "duration_ms": DURATIONS},
    ),
    "session_end": st.just({"reason": "other"}),
}
ANY_EVENT = st.one_of(
    [
        st.builds(
            lambda envelope, data, name=name: Event({"type": name, "source": "/test", **envelope, "data": data}),
            ENVELOPE,
            payload,
        )
        for name, payload in PAYLOADS.items()
    ]
)


@settings(deadline=None)
@given(st.lists(ANY_EVENT, max_size=40), st.sampled_from([2, 100]))
def test_whatever_comes_the_state_is_a_bounded_forest(events: list[Event], agent_limit: int) -> None:
    """After any events each agent is there once, parents and children agree, and no agent is its own ancestor."""
    namespace = AgentNamespace()
    namespace.configure(DEFAULTS | {"agent_limit": agent_limit})
    for event in events:
        namespace.apply(event)
        state = namespace.snapshot()
        assert orjson.loads(orjson.dumps(state)) == state
        assert sum(len(session["agents"]) for session in state["sessions"]) <= agent_limit
        for session in state["sessions"]:
            agents = {agent["agent"]: agent for agent in session["agents"]}
            assert len(agents) == len(session["agents"])
            for name, agent in agents.items():
                assert agent["status"] == ("running" if agent["outcome"] is None else "finished")
                assert agent["children"] == [child for child in agents if agents[child]["parent"] == name]
                ancestors = [name]
                while ancestors[-1] in agents:
                    ancestors.append(agents[ancestors[-1]]["parent"])
                    assert name not in ancestors[1:]


@settings(deadline=None)
@given(
    st.permutations(
        [
            *(start(agent, parentagent="main") for agent in ("a1", "a2", "a3")),
            *(stop(agent) for agent in ("a1", "a2", "a3")),
            *(link(agent, parent) for agent, parent in (("a1", "main"), ("a2", "a1"), ("a3", "a2"))),
        ]
    )
)
def test_starts_links_and_stops_in_any_order_give_one_tree(events: list[Event]) -> None:
    """However they interleave, all agents are finished and stand below the parent that their link names."""
    agents = agents_after(*events)
    assert {name: agent["parent"] for name, agent in agents.items()} == {"a1": "main", "a2": "a1", "a3": "a2"}
    assert {name: agent["children"] for name, agent in agents.items()} == {"a1": ["a2"], "a2": ["a3"], "a3": []}
    assert {(agent["outcome"], agent["duration_ms"]) for agent in agents.values()} == {("success", 5000.0)}
