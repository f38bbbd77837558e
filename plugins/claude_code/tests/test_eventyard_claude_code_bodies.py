"""Every real hook body becomes exactly these events."""

from collections.abc import Callable
from typing import Any

import pytest
from eventyard import Event
from eventyard.errors import MalformedBody
from eventyard_claude_code import ClaudeCodePlugin

Decode = Callable[..., list[Event]]

BASH = "toolu_5640c885e00641cc9f6f"
READ = "toolu_64809a65020a4b49bbb5"
SUB_BASH = "toolu_a5cde74de85143a597c5"
AGENT = "toolu_17e52cc6b2734e5c8c02"
WRITE = "toolu_2875f954da31400d8d70"
FAILING = "toolu_d2f0103401ab458ebd68"
CHILD = "ae03a6ca2362a6b22"
PROJECT = "/home/dev/project"

# The events of each body: the type, then what must stand in the payload or, if not there, in the envelope.
EXPECTED: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "PreToolUse:Bash": [
        (
            "tool_start",
            {"tool": "Bash", "subject": "Bash", "correlationid": BASH, "description": "Echo", "cwd": PROJECT},
        ),
    ],
    "PreToolUse:Bash@sub": [("tool_start", {"tool": "Bash", "correlationid": SUB_BASH, "agent": CHILD})],
    "PreToolUse:Read": [("tool_start", {"tool": "Read", "correlationid": READ, "agent": None})],
    "PreToolUse:Write": [("tool_start", {"tool": "Write", "correlationid": WRITE})],
    "PreToolUse:Agent": [("tool_start", {"tool": "Agent", "correlationid": AGENT, "description": "Sub work"})],
    "PostToolUse:Bash": [
        ("tool_stop", {"tool": "Bash", "outcome": "success", "correlationid": BASH, "duration_ms": 90})
    ],
    "PostToolUse:Bash@sub": [
        ("tool_stop", {"tool": "Bash", "outcome": "success", "correlationid": SUB_BASH, "agent": CHILD}),
    ],
    "PostToolUse:Read": [
        ("tool_stop", {"tool": "Read", "outcome": "success", "correlationid": READ, "duration_ms": 21}),
        ("file_operation", {"operation": "read", "path": f"{PROJECT}/a.txt", "tool": "Read", "correlationid": READ}),
    ],
    "PostToolUse:Write": [
        ("tool_stop", {"tool": "Write", "outcome": "success", "correlationid": WRITE}),
        ("file_operation", {"operation": "create", "path": f"{PROJECT}/out.txt", "bytes": 3, "lines_added": None}),
    ],
    "PostToolUse:Agent": [
        ("tool_stop", {"tool": "Agent", "outcome": "success", "correlationid": AGENT, "child_agent": CHILD}),
        (
            "subagent_link",
            {
                "parent": "main",
                "parentagent": "main",
                "agent": CHILD,
                "subject": CHILD,
                "correlationid": AGENT,
                "tool_use_id": AGENT,
                "agent_type": "general-purpose",
                "background": False,
                "duration_ms": 178,
                "tokens": 15,
                "tool_uses": 1,
                "model": "claude-opus-5-5",
            },
        ),
    ],
    "PostToolUseFailure": [
        ("tool_stop", {"outcome": "failed", "error": "Exit code 3", "correlationid": FAILING, "duration_ms": 34}),
        ("error", {"kind": "tool_failed", "message": "Exit code 3", "tool": "Bash", "correlationid": FAILING}),
    ],
    "PostToolBatch": [
        ("tool_stop", {"tool": "Bash", "outcome": "success", "output": "hello-hook", "correlationid": BASH}),
        ("tool_stop", {"tool": "Read", "outcome": "success", "output": "1\talpha\n2\t", "correlationid": READ}),
    ],
    "PermissionDenied": [
        (
            "tool_stop",
            {
                "tool": "Bash",
                "outcome": "denied",
                "error": "Blocked by classifier",
                "correlationid": "toolu_01ABC123...",
            },
        ),
    ],
    "PermissionRequest": [
        (
            "permission_request",
            {"tool": "Bash", "input": {"command": "exit 3", "description": "Fail"}, "subject": "Bash"},
        ),
    ],
    "SubagentStart": [
        ("subagent_start", {"agent_type": "general-purpose", "agent": CHILD, "subject": CHILD, "parentagent": None})
    ],
    "SubagentStop": [
        (
            "subagent_stop",
            {
                "agent_type": "general-purpose",
                "agent": CHILD,
                "outcome": "success",
                "last_message": "subagent finished",
                "transcript_path": "/home/dev/.claude/projects/-home-dev-project/5ce20f9a-3691-4f9c-8c0b-e7ca01535242"
                f"/subagents/agent-{CHILD}.jsonl",
            },
        ),
    ],
    "SessionStart:startup": [("session_start", {"reason": "startup", "cwd": PROJECT, "project": "project"})],
    "SessionStart:resume": [("session_start", {"reason": "resume"})],
    "SessionEnd": [("session_end", {"reason": "other"})],
    "UserPromptSubmit": [("user_prompt", {"prompt": "MAINTASK please"})],
    "Stop": [("turn_end", {"outcome": "completed", "last_message": "All done.", "background_tasks": []})],
    "StopFailure": [
        ("turn_end", {"outcome": "failed", "error": "unknown", "last_message": "API Error: 400 mock bad request"}),
        ("error", {"kind": "turn_failed", "message": "API Error: 400 mock bad request", "correlationid": None}),
    ],
    "Notification": [
        (
            "notification",
            {"message": "Claude needs your permission", "kind": "permission_prompt", "title": "Permission needed"},
        ),
    ],
    "FileChanged": [
        (
            "file_operation",
            {"operation": "change", "path": "/Users/my-project/.envrc", "tool": None, "project": "my-project"},
        ),
        ("hook_event", {"hook": "FileChanged"}),
    ],
}

KEPT_WHOLE = [
    "ConfigChange",
    "CwdChanged",
    "DirectoryAdded",
    "Elicitation",
    "ElicitationResult",
    "InstructionsLoaded",
    "MessageDisplay",
    "PostCompact",
    "PostModelSwitch",
    "PreCompact",
    "PreModelSwitch",
    "Setup",
    "TaskCompleted",
    "TaskCreated",
    "TeammateIdle",
    "UserPromptExpansion",
    "WorktreeCreate",
    "WorktreeRemove",
]


def told(event: Event, name: str) -> Any:
    return event.data.get(name, event.get(name))


def test_the_tables_name_every_body(bodies: dict[str, dict[str, Any]]) -> None:
    assert sorted([*EXPECTED, *KEPT_WHOLE]) == sorted(bodies)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_body_becomes_these_events(name: str, decode: Decode, bodies: dict[str, dict[str, Any]]) -> None:
    events = decode(bodies[name])
    assert [event.type for event in events] == [event_type for event_type, _ in EXPECTED[name]]
    for event, (_, fields) in zip(events, EXPECTED[name], strict=True):
        assert {field: told(event, field) for field in fields} == fields


@pytest.mark.parametrize("name", KEPT_WHOLE)
def test_a_hook_without_an_event_type_is_kept_whole(
    name: str, decode: Decode, bodies: dict[str, dict[str, Any]]
) -> None:
    (event,) = decode(bodies[name])
    assert event.type == "hook_event"
    assert event.data == {"hook": name, "body": bodies[name], "agent_kind": "claude-code"}
    assert event.subject == name


def test_a_hook_that_nobody_has_heard_of_is_kept_whole(decode: Decode) -> None:
    body = {"hook_event_name": "MoonPhase", "session_id": "s1", "phase": ["waxing", None, 0.5]}
    (event,) = decode(body)
    assert (event.type, event.data["hook"], event.data["body"]) == ("hook_event", "MoonPhase", body)


def test_every_event_tells_its_session_source_and_project(decode: Decode, bodies: dict[str, dict[str, Any]]) -> None:
    for body in bodies.values():
        for event in decode(body):
            assert event.session == body["session_id"]
            assert event.source == f"/claude-code/{body['session_id']}"
            assert event.get("project") in {"project", "my-project", "src", "p", "..."}
            assert "time" not in event
            assert "host" not in event


def test_what_one_body_causes_names_its_cause(decode: Decode, bodies: dict[str, dict[str, Any]]) -> None:
    for name in ("PostToolUse:Read", "PostToolUse:Agent", "PostToolUseFailure", "StopFailure"):
        first, second = decode(bodies[name])
        assert second.causationid == first.id


def test_other_sources_are_left_to_other_plugins(plugin: ClaudeCodePlugin) -> None:
    assert plugin.decode("codex", {"hook_event_name": "Stop", "session_id": "s1"}, {}) is None


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ([], "expected the body of a Claude Code hook, a JSON object; got an array"),
        (None, "expected the body of a Claude Code hook, a JSON object; got null"),
        (
            {"session_id": "s1"},
            "expected hook_event_name to be a string of 1 to 256 printable characters; got nothing",
        ),
        (
            {"hook_event_name": "Stop", "session_id": 17},
            "expected session_id to be a string of 1 to 256 printable characters; got a number",
        ),
        (
            {"hook_event_name": "Stop", "session_id": "s" * 257},
            "expected session_id to be a string of 1 to 256 printable characters; got 257 characters",
        ),
        (
            {"hook_event_name": "Stop", "session_id": ""},
            "expected session_id to be a string of 1 to 256 printable characters; got an empty or unprintable one",
        ),
    ],
)
def test_a_body_that_names_no_hook_or_session_is_refused(plugin: ClaudeCodePlugin, body: object, message: str) -> None:
    """The text says what came by its type and never repeats it."""
    with pytest.raises(MalformedBody) as refusal:
        plugin.decode("claude-code", body, {})
    assert str(refusal.value) == message
