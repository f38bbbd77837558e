"""What becomes of what Codex posts."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import socketio
from eventyard import AsyncServer, MalformedBody
from eventyard_codex import CodexPlugin
from eventyard_codex.hooks_file import HOOKS
from hypothesis import given
from hypothesis import strategies as st

Bodies = dict[str, dict[str, Any]]
Letters = Callable[[], Awaitable[list[dict[str, Any]]]]
Post = Callable[..., Awaitable[list[dict[str, Any]]]]

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")

#: The hooks that may well be called twice with the same body.
REPEATABLE = {"SessionStart", "SessionEnd", "PermissionRequest", "PreCompact", "PostCompact"}


async def snapshot(server: AsyncServer, namespace: str) -> Any:
    """The state of a namespace, as clients get it."""
    async with socketio.AsyncSimpleClient() as client:
        await client.connect(server.url, namespace=namespace)
        return (await client.call("get_state"))["snapshot"]


def test_there_is_a_body_of_each_hook(bodies: Bodies) -> None:
    assert {body["hook_event_name"] for body in bodies.values() if "type" not in body} == set(HOOKS)


async def test_each_hook_becomes_what_the_readme_says(post: Post, bodies: Bodies, letters: Letters) -> None:
    documented = {
        hook: set(re.findall(r"`(\w+_\w+)`", events)) - {"apply_patch", "spawn_agent"}
        for hook, events in re.findall(r"^\| `([A-Z]\w+)` \| (.*) \|$", README, re.MULTILINE)
    }
    found: dict[str, set[str]] = {hook: set() for hook in HOOKS}
    seen: set[str] = set()
    for body in bodies.values():
        events = await post(body)
        new = {event["type"] for event in events if event["id"] not in seen}
        seen |= {event["id"] for event in events}
        if "type" not in body:
            found[body["hook_event_name"]] |= new
    assert found == documented
    assert await letters() == []


async def test_a_tool_call_has_a_start_and_a_stop(post: Post, bodies: Bodies) -> None:
    start, stop = await post(bodies["bash_start"], bodies["bash_stop"])
    session = bodies["bash_start"]["session_id"]
    for event in (start, stop):
        assert (event["source"], event["session"]) == (f"/codex/{session}", session)
        assert (event["correlationid"], event["subject"], event["project"]) == ("call_1", "Bash", "project")
        assert "agent" not in event
    assert start["data"] == {"tool": "Bash", "input": {"command": "echo one"}, "cwd": "/home/dev/project"}
    assert stop["causationid"] == start["id"]
    assert (stop["data"]["outcome"], stop["data"]["output"]) == ("unknown", "one\n")


async def test_a_patch_tells_which_files_it_changes(post: Post, bodies: Bodies) -> None:
    body = bodies["patch_stop"]
    patch = (
        "*** Begin Patch\n*** Add File: new.txt\n+one\n+two\n*** Delete File: /tmp/old.txt\n"
        "*** Update File: notes.txt\n*** Move to: notes.md\n@@\n-one\n+ONE\n context\n*** End Patch\n"
    )
    events = await post(body | {"tool_input": {"command": patch}})
    operations = [event for event in events if event["type"] == "file_operation"]
    assert [event["data"] for event in operations] == [
        {"operation": "create", "path": "/home/dev/project/new.txt", "lines_added": 2, "lines_removed": 0}
        | {"tool": "apply_patch"},
        {"operation": "delete", "path": "/tmp/old.txt", "tool": "apply_patch"},
        {"operation": "edit", "path": "/home/dev/project/notes.txt", "lines_added": 1, "lines_removed": 1}
        | {"tool": "apply_patch"},
    ]
    (stop,) = [event for event in events if event["type"] == "tool_stop"]
    assert {event["causationid"] for event in operations} == {stop["id"]}


@pytest.mark.parametrize(
    ("tool", "response", "outcome"),
    [
        ("apply_patch", "Exit code: 0\nOutput:\n", "success"),
        ("apply_patch", "Exit code: 1\nOutput:\nno such file", "failed"),
        ("mcp__github__search", {"content": [], "isError": True}, "failed"),
        ("mcp__github__search", {"content": []}, "success"),
        ("view_image", None, "success"),
        ("Bash", "Exit code: 1\n", "unknown"),
    ],
)
async def test_the_outcome_of_a_call_is_what_is_known_of_it(
    post: Post, bodies: Bodies, tool: str, response: Any, outcome: str
) -> None:
    body = bodies["patch_stop"] | {"tool_name": tool, "tool_response": response}
    events = await post(body)
    assert [event["data"]["outcome"] for event in events if event["type"] == "tool_stop"] == [outcome]
    assert [event for event in events if event["type"] == "file_operation"] == [] or outcome == "success"


async def test_what_a_subagent_does_is_told_as_its_own(post: Post, bodies: Bodies, server: AsyncServer) -> None:
    names = ["spawn_start", "spawn_stop", "subagent_start", "subagent_prompt"]
    names += ["subagent_tool_start", "subagent_tool_stop", "subagent_stop"]
    events = await post(*(bodies[name] for name in names))
    agent = bodies["subagent_start"]["agent_id"]
    owners = {(event["type"], event.get("correlationid")): event.get("agent") for event in events}
    assert owners[("tool_start", "call_5")] is None
    assert owners[("tool_start", "call_s1")] == owners[("tool_stop", "call_s1")] == agent
    assert owners[("subagent_start", None)] == owners[("subagent_stop", None)] == agent
    (link,) = [event for event in events if event["type"] == "subagent_link"]
    assert (link["agent"], link["parentagent"], link["correlationid"]) == (agent, "main", "call_5")
    assert agent in str(await snapshot(server, "/agents"))


async def test_a_session_goes_from_working_to_idle_when_it_is_interrupted(
    post: Post, bodies: Bodies, server: AsyncServer
) -> None:
    session = bodies["interrupt"]["session_id"]
    await post(bodies["user_prompt"] | {"session_id": session})
    (state,) = (await snapshot(server, "/sessions"))["sessions"]
    assert state["status"] == "working"
    await post(bodies["interrupt"])
    (state,) = (await snapshot(server, "/sessions"))["sessions"]
    assert (state["status"], state["why"]) == ("idle", None)


async def test_a_hook_that_is_set_up_twice_counts_once(post: Post, bodies: Bodies) -> None:
    once = await post(*bodies.values())
    twice = await post(*bodies.values())
    again = [event for event in twice if event["id"] not in {each["id"] for each in once}]
    expected = [body for body in bodies.values() if body.get("hook_event_name") in REPEATABLE]
    # The prompt of a subagent is kept whole, and so has no id of its own.
    assert len(again) == len(expected) + 1


async def test_a_turn_that_hook_and_notification_tell_of_counts_once(post: Post, bodies: Bodies) -> None:
    events = await post(bodies["turn_end"], bodies["notify"])
    assert [event["type"] for event in events] == ["turn_end"]
    assert events[0]["data"] == {"outcome": "completed", "last_message": "All done."}


async def test_a_notification_alone_tells_of_a_turn(post: Post, bodies: Bodies) -> None:
    (event,) = await post(bodies["notify"])
    assert (event["type"], event["session"]) == ("turn_end", bodies["notify"]["thread-id"])


async def test_the_notification_of_a_subagent_is_left_to_its_hook(post: Post, bodies: Bodies, letters: Letters) -> None:
    """It does not say which session it belongs to."""
    assert await post(bodies["notify_subagent"]) == []
    assert await letters() == []


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("bash_start", {"tool_name": None}),
        ("bash_start", {"tool_use_id": 7}),
        ("bash_stop", {"agent_id": 7}),
        ("user_prompt", {"prompt": ["Say hello"]}),
        ("turn_end", {"last_assistant_message": 5}),
        ("subagent_start", {"agent_id": None}),
        ("session_start", {"model": {}}),
        ("interrupt", {"hook_event_name": "BrandNew"}),
    ],
)
async def test_a_body_that_does_not_fit_is_kept_whole(
    post: Post, bodies: Bodies, letters: Letters, name: str, changes: dict[str, Any]
) -> None:
    body = bodies[name] | changes
    (event,) = await post(body)
    assert event["type"] == "hook_event"
    assert event["data"] == {"hook": body["hook_event_name"], "body": body, "agent_kind": "codex"}
    assert await letters() == []


@pytest.mark.parametrize(
    "body", [[], "text", {}, {"hook_event_name": "Stop"}, {"hook_event_name": "", "session_id": "s"}, {"type": "other"}]
)
async def test_a_body_that_names_no_hook_and_session_becomes_a_dead_letter(
    post: Post, letters: Letters, body: Any
) -> None:
    assert await post(body) == []
    (letter,) = await letters()
    assert letter["issues"][0]["message"].startswith("expected ")


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=3)


@given(hook=st.sampled_from(HOOKS), members=st.dictionaries(st.text(), JSON), data=st.data())
def test_whatever_comes_is_decoded_or_malformed(
    bodies: Bodies, hook: str, members: dict[str, Any], data: st.DataObject
) -> None:
    real = next(body for body in bodies.values() if body.get("hook_event_name") == hook)
    changes = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(real, JSON)))
    try:
        events = CodexPlugin().decode("codex", members | real | changes, {})
    except MalformedBody:
        return
    assert events


def test_other_sources_are_left_to_others() -> None:
    assert CodexPlugin().decode("claude-code", {}, {}) is None
