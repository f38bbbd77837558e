"""Subagents: each is put below the agent that started it, provisionally at its start and for certain afterwards."""

from collections.abc import Callable
from typing import Any

import pytest
from eventyard import Event

Decode = Callable[..., list[Event]]
Bodies = dict[str, dict[str, Any]]


def hook(name: str, session: str = "s1", **members: Any) -> dict[str, Any]:
    return {"hook_event_name": name, "session_id": session, "cwd": "/home/dev/shop", **members}


def calls(tool_use_id: str, wanted: str | None = "explorer", tool: str = "Agent", **members: Any) -> dict[str, Any]:
    given = {"subagent_type": wanted, "description": f"for {tool_use_id}", "prompt": f"do {tool_use_id}"}
    return hook("PreToolUse", tool_name=tool, tool_use_id=tool_use_id, tool_input=given, **members)


def starts(agent: str, agent_type: str = "explorer", **members: Any) -> dict[str, Any]:
    return hook("SubagentStart", agent_id=agent, agent_type=agent_type, **members)


def returns(tool_use_id: str, response: Any, tool: str = "Agent", **members: Any) -> dict[str, Any]:
    given = {"subagent_type": "explorer"} | members.pop("given", {})
    body = {"tool_name": tool, "tool_use_id": tool_use_id, "tool_input": given, "tool_response": response}
    return hook("PostToolUse", **body, **members)


@pytest.mark.parametrize("tool", ["Agent", "Task"])
def test_a_subagent_belongs_to_the_only_open_call_for_its_type(decode: Decode, tool: str) -> None:
    decode(calls("t1", tool=tool))
    decode(calls("t2", "planner", tool=tool))
    (start,) = decode(starts("a1"))
    assert (start.agent, start.parentagent, start.correlationid) == ("a1", "main", "t1")
    assert start.data == {"agent_type": "explorer", "description": "for t1", "prompt": "do t1"}


def test_a_call_that_names_no_type_may_be_for_any(decode: Decode) -> None:
    decode(calls("t1", None))
    (start,) = decode(starts("a1", "general-purpose"))
    assert start.correlationid == "t1"


def test_a_subagent_of_a_subagent_has_that_one_as_its_parent(decode: Decode) -> None:
    decode(calls("t1", agent_id="a1", agent_type="planner"))
    (start,) = decode(starts("a2"))
    assert start.parentagent == "a1"


def test_a_call_starts_one_subagent_only(decode: Decode) -> None:
    decode(calls("t1"))
    decode(starts("a1"))
    (second,) = decode(starts("a2"))
    assert (second.parentagent, second.correlationid) == (None, None)


def test_a_start_that_is_told_twice_is_told_alike(decode: Decode) -> None:
    decode(calls("t1"))
    assert decode(starts("a1")) == decode(starts("a1"))


def test_sessions_are_kept_apart(decode: Decode) -> None:
    decode(calls("t1"))
    (start,) = decode(starts("a1", session="s2"))
    assert start.parentagent is None


def test_of_two_parallel_agents_of_one_type_the_parent_is_known_but_not_the_call(decode: Decode) -> None:
    decode(calls("t1"))
    decode(calls("t2"))
    for agent in ("a1", "a2"):
        (start,) = decode(starts(agent))
        assert (start.parentagent, start.correlationid) == ("main", None)
        assert "prompt" not in start.data


def test_of_two_parallel_agents_of_one_type_and_two_parents_nothing_is_guessed(decode: Decode) -> None:
    decode(calls("t1"))
    decode(calls("t2", agent_id="a9"))
    (start,) = decode(starts("a1"))
    assert (start.parentagent, start.correlationid) == (None, None)


def test_parallel_agents_are_told_apart_when_their_calls_return(decode: Decode) -> None:
    for tool_use_id in ("t1", "t2"):
        decode(calls(tool_use_id))
    for agent in ("a1", "a2"):
        decode(starts(agent))
    _, second = decode(returns("t2", {"status": "completed", "agentId": "a1"}))
    _, first = decode(returns("t1", {"status": "completed", "agentId": "a2"}))
    assert [(link.agent, link.correlationid, link.parentagent) for link in (first, second)] == [
        ("a2", "t1", "main"),
        ("a1", "t2", "main"),
    ]


@pytest.mark.parametrize(
    "end",
    [
        hook("PostToolUseFailure", tool_name="Agent", tool_use_id="t1", error="boom"),
        hook("PermissionDenied", tool_name="Agent", tool_use_id="t1", reason="no"),
        hook("PostToolBatch", tool_calls=[{"tool_name": "Agent", "tool_use_id": "t1", "tool_response": "denied"}]),
        hook("PostToolUse", tool_name="Agent", tool_use_id="t1", tool_response="nothing said"),
        hook("SessionEnd", reason="other"),
    ],
    ids=lambda body: body["hook_event_name"],
)
def test_a_call_that_has_ended_starts_no_subagent(decode: Decode, end: dict[str, Any]) -> None:
    decode(calls("t1"))
    decode(end)
    (start,) = decode(starts("a1"))
    assert start.parentagent is None


def test_a_background_agent_is_linked_when_it_is_launched(decode: Decode) -> None:
    """The call ends at the launch; the subagent runs on, and may start to say so only afterwards."""
    decode(calls("t1", agent_id="a9"))
    stop, link = decode(returns("t1", {"status": "async_launched", "agentId": "a1"}, agent_id="a9"))
    assert (stop.agent, stop.data["outcome"], stop.data["child_agent"]) == ("a9", "success", "a1")
    assert (link.agent, link.parentagent, link.data["parent"], link.data["background"]) == ("a1", "a9", "a9", True)
    (start,) = decode(starts("a1"))
    assert (start.parentagent, start.correlationid) == ("a9", "t1")


def test_a_call_may_ask_for_the_background_itself(decode: Decode) -> None:
    _, link = decode(returns("t1", {"agentId": "a1"}, given={"run_in_background": True}))
    assert link.data["background"] is True


def test_numbers_of_the_wrong_type_are_left_out_of_a_link(decode: Decode) -> None:
    response = {"agentId": "a1", "totalTokens": 1.5, "totalToolUseCount": -1, "totalDurationMs": "9", "agentType": 3}
    _, link = decode(returns("t1", response))
    assert link.data == {"parent": "main", "tool_use_id": "t1", "agent_type": "explorer", "background": False}


@pytest.mark.parametrize("agent", [None, 7, "", "a" * 257])
def test_a_response_that_names_no_subagent_links_none(decode: Decode, agent: Any) -> None:
    (stop,) = decode(returns("t1", {"agentId": agent}))
    assert "child_agent" not in stop.data


def test_another_tool_that_answers_with_an_agents_id_links_none(decode: Decode) -> None:
    assert len(decode(returns("t1", {"agentId": "a1"}, tool="AgentList"))) == 1


def test_a_stop_without_a_last_message_does_not_claim_success(decode: Decode) -> None:
    """Claude Code is known to send such stops, of agents that no start told of."""
    (stop,) = decode(hook("SubagentStop", agent_id="a1", agent_type=""))
    assert stop.data == {"agent_type": "", "outcome": "unknown"}


@pytest.mark.parametrize("members", [{}, {"agent_id": 7}, {"agent_id": "a1", "agent_type": 7}])
@pytest.mark.parametrize("name", ["SubagentStart", "SubagentStop"])
def test_a_subagent_hook_without_what_it_needs_is_kept_whole(
    decode: Decode, name: str, members: dict[str, Any]
) -> None:
    (event,) = decode(hook(name, **members))
    assert event.type == "hook_event"


def test_calls_that_never_end_are_forgotten_in_the_end(decode: Decode) -> None:
    """The memory of open calls is bounded over all sessions."""
    decode(calls("t0"))
    for number in range(1000):
        decode(calls("t1", session=f"other-{number}"))
    (start,) = decode(starts("a1"))
    assert start.parentagent is None


def test_a_long_prompt_is_remembered_by_its_beginning(decode: Decode) -> None:
    body = calls("t1")
    body["tool_input"]["prompt"] = "p" * 100_000
    decode(body)
    (start,) = decode(starts("a1"))
    assert start.data["prompt"] == "p" * 16_383 + "…"


def test_a_whole_run_gives_a_whole_tree(decode: Decode, bodies: Bodies) -> None:
    order = ["PreToolUse:Agent", "SubagentStart", "PreToolUse:Bash@sub", "PostToolUse:Bash@sub", "SubagentStop"]
    events = [event for name in [*order, "PostToolUse:Agent"] for event in decode(bodies[name])]
    assert [(event.type, event.agent, event.parentagent) for event in events] == [
        ("tool_start", None, None),
        ("subagent_start", "ae03a6ca2362a6b22", "main"),
        ("tool_start", "ae03a6ca2362a6b22", None),
        ("tool_stop", "ae03a6ca2362a6b22", None),
        ("subagent_stop", "ae03a6ca2362a6b22", None),
        ("tool_stop", None, None),
        ("subagent_link", "ae03a6ca2362a6b22", "main"),
    ]
