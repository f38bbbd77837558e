"""The state of ``/tools``: which calls are running, and how the others ended."""

import json
from typing import Any

import orjson
import pytest
from eventyard import Event
from eventyard.events import timestamp
from eventyard_tool import ToolNamespace
from eventyard_tool.call import OUTCOMES
from eventyard_tool.plugin import SCHEMAS
from eventyard_tool.settings import DEFAULTS
from hypothesis import given, settings
from hypothesis import strategies as st

NOON = 1_769_860_800


def tool_event(name: str, call: str | None, at: float, data: dict[str, Any], **attributes: Any) -> Event:
    """An event of call ``call``, ``at`` seconds after noon."""
    envelope = {"id": f"{name}-{call}", "time": timestamp(NOON + at), "session": "s1"} | attributes
    return Event.create(name, source="/test", data={"tool": "Bash"} | data, correlationid=call, **envelope)


def start(call: str | None = "call-1", at: float = 0, **attributes: Any) -> Event:
    """The start of a call."""
    return tool_event("tool_start", call, at, {}, **attributes)


def stop(call: str | None = "call-1", at: float = 5, outcome: str = "success", **attributes: Any) -> Event:
    """The stop of a call."""
    return tool_event("tool_stop", call, at, {"outcome": outcome}, **attributes)


def other(name: str, at: float = 10, **attributes: Any) -> Event:
    """An event of another namespace; what its payload says is of no interest here."""
    return tool_event(name, None, at, {}, **attributes)


def state_after(*events: Event, **limits: Any) -> dict[str, Any]:
    """The snapshot after ``events``."""
    namespace = ToolNamespace()
    namespace.configure(DEFAULTS | limits)
    for event in events:
        namespace.apply(event)
    return namespace.snapshot()


def calls(listed: list[dict[str, Any]]) -> dict[str, str | None]:
    """The outcomes of calls, by tool use id."""
    return {call["correlationid"]: call["outcome"] for call in listed}


def test_nothing_is_running_at_first() -> None:
    """A namespace that has seen nothing has the same members as any other."""
    assert state_after() == {"running": [], "recent": [], "counts": dict.fromkeys(OUTCOMES, 0)}


def test_every_outcome_of_the_schema_is_counted() -> None:
    """The counts have a member for each outcome that a stop can have, and one for those that never stop."""
    schema = json.loads((SCHEMAS / "tool_stop" / "1.0.0.json").read_text("utf-8"))
    assert [*schema["properties"]["outcome"]["enum"], "lost"] == list(OUTCOMES)


def test_a_started_call_is_running() -> None:
    """A call that has started is running, and says which event tells more of it."""
    event = tool_event("tool_start", "call-1", 0, {"input": {"command": "ls"}, "description": "List"}, agent="a1")
    (call,) = state_after(event)["running"]
    assert call == {
        "tool": "Bash",
        "session": "s1",
        "agent": "a1",
        "correlationid": "call-1",
        "description": "List",
        "start_id": "tool_start-call-1",
        "stop_id": None,
        "started": "2026-01-31T12:00:00.000Z",
        "stopped": None,
        "duration_ms": None,
        "outcome": None,
    }


def test_a_stopped_call_is_finished() -> None:
    """A stop ends its call with its outcome; the times tell how long it took."""
    state = state_after(start(), stop(outcome="failed"))
    assert state["running"] == []
    (call,) = state["recent"]
    assert (call["outcome"], call["duration_ms"], call["stop_id"]) == ("failed", 5000.0, "tool_stop-call-1")
    assert state["counts"]["failed"] == 1


def test_the_duration_that_the_sender_says_counts() -> None:
    """A duration in the payload counts more than the times of the events."""
    (call,) = state_after(start(), tool_event("tool_stop", "call-1", 5, {"outcome": "success", "duration_ms": 90}))[
        "recent"
    ]
    assert call["duration_ms"] == 90


def test_a_long_description_is_cut() -> None:
    """The state has the beginning of a description: payloads may be a megabyte."""
    (call,) = state_after(tool_event("tool_start", "call-1", 0, {"description": "x" * 1_048_576}))["running"]
    assert call["description"] == "x" * 200


def test_parallel_calls_are_told_apart() -> None:
    """Calls may overlap; a stop ends its own call."""
    state = state_after(start("a"), start("b"), start("c"), stop("b"))
    assert calls(state["running"]) == {"a": None, "c": None}
    assert calls(state["recent"]) == {"b": "success"}


def test_sessions_are_told_apart() -> None:
    """The same tool use id in another session is another call."""
    state = state_after(start(session="s1"), start(session="s2"), stop(session="s1"))
    assert [call["session"] for call in state["running"]] == ["s2"]


def test_a_stop_may_come_before_its_start() -> None:
    """A start that comes late completes the finished call instead of running for ever."""
    state = state_after(stop(), start())
    assert state["running"] == []
    (call,) = state["recent"]
    assert (call["start_id"], call["duration_ms"]) == ("tool_start-call-1", 5000.0)


def test_a_stop_without_start_is_a_finished_call() -> None:
    """A stop whose start is never seen is listed with what it says itself."""
    (call,) = state_after(stop())["recent"]
    assert (call["started"], call["duration_ms"], call["outcome"]) == (None, None, "success")


def test_without_correlationid_nothing_is_paired() -> None:
    """A start without ``correlationid`` is not followed; each stop without one is a finished call."""
    state = state_after(start(None), stop(None, id="1"), stop(None, id="2"))
    assert state["running"] == []
    assert [call["stop_id"] for call in state["recent"]] == ["1", "2"]


def test_events_without_session_are_paired_too() -> None:
    """Events without a session form one of their own."""
    state = state_after(start(session=None), stop(session=None))
    assert state["running"] == []
    assert calls(state["recent"]) == {"call-1": "success"}


def test_the_first_stop_counts() -> None:
    """A call ends once: of two stops the first counts."""
    state = state_after(start(), stop(outcome="denied"), stop(outcome="success", id="second"))
    assert calls(state["recent"]) == {"call-1": "denied"}
    assert (state["counts"]["denied"], state["counts"]["success"]) == (1, 0)


def test_a_finished_call_does_not_start_again() -> None:
    """A start that comes twice leaves a finished call finished."""
    state = state_after(start(), stop(), start(id="second"))
    assert state["running"] == []
    assert state["recent"][0]["start_id"] == "tool_start-call-1"


def test_the_end_of_the_session_ends_all_its_calls() -> None:
    """Calls of agent and subagents alike are lost when their session ends; other sessions go on."""
    events = [start("a"), start("b", agent="a1"), start("c", session="s2"), other("session_end")]
    state = state_after(*events)
    assert calls(state["running"]) == {"c": None}
    assert calls(state["recent"]) == {"a": "lost", "b": "lost"}
    assert state["counts"]["lost"] == 2


@pytest.mark.parametrize("name", ["turn_end", "user_prompt"])
def test_the_turn_of_the_main_agent_ends_its_calls(name: str) -> None:
    """When the main agent's turn is over, its calls are lost; its subagents may work on."""
    state = state_after(start("a"), start("b", agent="a1"), other(name))
    assert calls(state["running"]) == {"b": None}
    assert calls(state["recent"]) == {"a": "lost"}


def test_the_stop_of_a_subagent_ends_its_calls() -> None:
    """When a subagent stops, its calls are lost; those of others are not."""
    state = state_after(start("a"), start("b", agent="a1"), start("c", agent="a2"), other("subagent_stop", agent="a1"))
    assert calls(state["running"]) == {"a": None, "c": None}


def test_a_subagent_stop_without_agent_ends_nothing() -> None:
    """A stop that does not say whose it is, is not taken for the main agent's."""
    assert calls(state_after(start(), other("subagent_stop"))["running"]) == {"call-1": None}


def test_an_old_call_is_lost() -> None:
    """A call is given up after ``lost_after`` seconds, by the times of the events."""
    events = start("a"), start("b", at=50), start("c", at=100)
    assert calls(state_after(*events, lost_after=100)["running"]) == {"a": None, "b": None, "c": None}
    state = state_after(*events, other("user_prompt", at=101, session="s2"), lost_after=100)
    assert calls(state["running"]) == {"b": None, "c": None}
    assert calls(state["recent"]) == {"a": "lost"}


def test_one_wrong_clock_does_no_lasting_harm() -> None:
    """An event from the far future ends what is running, but nothing that starts later."""
    state = state_after(start("a"), start("b", time="9999-01-01T00:00:00Z"), start("c", at=1), stop("a", at=2))
    assert calls(state["running"]) == {"b": None, "c": None}
    assert calls(state["recent"]) == {"a": "success"}


def test_a_stop_after_all_corrects_a_lost_call() -> None:
    """A call was given up too early: what its stop says counts."""
    state = state_after(start(), other("turn_end"), stop(at=20))
    assert calls(state["recent"]) == {"call-1": "success"}
    assert (state["counts"]["lost"], state["counts"]["success"]) == (0, 1)


def test_the_oldest_running_call_makes_room() -> None:
    """Beyond ``running_limit`` the oldest call is given up as lost."""
    state = state_after(start("a"), start("b"), start("c"), running_limit=2)
    assert calls(state["running"]) == {"b": None, "c": None}
    assert calls(state["recent"]) == {"a": "lost"}


def test_the_oldest_finished_call_makes_room() -> None:
    """Beyond ``recent_limit`` the call is forgotten that finished first; it is still counted."""
    state = state_after(stop("a"), stop("b"), stop("c"), recent_limit=2)
    assert list(calls(state["recent"])) == ["b", "c"]
    assert state["counts"]["success"] == 3


def test_a_snapshot_is_not_changed_by_later_events() -> None:
    """A snapshot stays what it was."""
    namespace = ToolNamespace()
    namespace.apply(start())
    snapshot = namespace.snapshot()
    before = orjson.dumps(snapshot)
    namespace.apply(stop())
    assert orjson.dumps(snapshot) == before


TIMES = st.sampled_from(
    ["2026-01-31T12:00:00Z", "2026-01-31T17:00:00.5+01:00", "2016-12-31T23:59:60Z", "0000-01-01T00:00:00Z"]
)
ENVELOPE = st.fixed_dictionaries(
    {"id": st.sampled_from(["1", "2", "3"]), "time": TIMES},
    optional={
        "session": st.sampled_from(["s1", "s2"]),
        "agent": st.sampled_from(["a1", "a2"]),
        "correlationid": st.sampled_from(["a", "b", "c", "d"]),
    },
)
STARTS = st.fixed_dictionaries({"tool": st.text(min_size=1, max_size=8)}, optional={"description": st.text()})
STOPS = st.fixed_dictionaries(
    {"tool": st.text(min_size=1, max_size=8), "outcome": st.sampled_from(OUTCOMES[:-1])},
    optional={"duration_ms": st.floats(0, 2**53 - 1)},
)


def events_of(names: list[str], data: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[Event]:
    """Events of the types ``names``, with any envelope."""
    return st.builds(
        lambda name, envelope, payload: Event({"type": name, "source": "/test", **envelope, "data": payload}),
        st.sampled_from(names),
        ENVELOPE,
        data,
    )


ANY_EVENT = st.one_of(
    events_of(["tool_start"], STARTS),
    events_of(["tool_stop"], STOPS),
    events_of(list(ToolNamespace.observes), st.just({})),
)


@settings(deadline=None)
@given(st.lists(ANY_EVENT, max_size=40))
def test_whatever_comes_the_state_is_consistent_and_bounded(events: list[Event]) -> None:
    """After any events a call is in one place, with an outcome if finished, and the state is JSON within its limits."""
    namespace = ToolNamespace()
    namespace.configure(DEFAULTS | {"running_limit": 2, "recent_limit": 3})
    for event in events:
        namespace.apply(event)
        state = namespace.snapshot()
        assert orjson.loads(orjson.dumps(state)) == state
        assert len(state["running"]) <= 2
        assert len(state["recent"]) <= 3
        paired = [call for call in [*state["running"], *state["recent"]] if call["correlationid"] is not None]
        assert len({(call["session"], call["correlationid"]) for call in paired}) == len(paired)
        assert all(call["outcome"] is None and call["started"] for call in state["running"])
        assert all(call["outcome"] in OUTCOMES for call in state["recent"])
        assert all(count >= 0 for count in state["counts"].values())
        assert sum(state["counts"].values()) >= len(state["recent"])


@settings(deadline=None)
@given(st.permutations([make(call) for call in "abcd" for make in (start, stop)]))
def test_starts_and_stops_in_any_order_leave_nothing_running(events: list[Event]) -> None:
    """However starts and stops interleave, each call is finished once, with both its ends."""
    state = state_after(*events)
    assert state["running"] == []
    assert calls(state["recent"]) == dict.fromkeys("abcd", "success")
    assert {call["duration_ms"] for call in state["recent"]} == {5000.0}
    assert state["counts"] == dict.fromkeys(OUTCOMES, 0) | {"success": 4}
