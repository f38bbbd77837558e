"""Whatever stands in a body: as long as it names its hook and session, events come of it that the server accepts."""

from typing import Any

import pytest
from eventyard import Event
from eventyard.errors import MalformedBody
from eventyard_claude_code import ClaudeCodePlugin
from hypothesis import given, settings
from hypothesis import strategies as st

HOOKS = [
    "FileChanged",
    "MessageDisplay",
    "Notification",
    "PermissionDenied",
    "PermissionRequest",
    "PostToolBatch",
    "PostToolUse",
    "PostToolUseFailure",
    "PreToolUse",
    "SessionEnd",
    "SessionStart",
    "Stop",
    "StopFailure",
    "SubagentStart",
    "SubagentStop",
    "UserPromptSubmit",
]

TEXTS = st.text(max_size=20) | st.sampled_from(
    ["Agent", "Read", "Write", "Grep", "a1", "t1", "/a/b", "add", "x" * 5000]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
OBJECTS = st.dictionaries(
    st.sampled_from(
        [
            "type",
            "file",
            "filePath",
            "file_path",
            "path",
            "pattern",
            "content",
            "structuredPatch",
            "lines",
            "agentId",
            "agentType",
            "status",
            "error",
            "success",
            "is_error",
            "interrupted",
            "subagent_type",
            "description",
            "prompt",
            "totalTokens",
            "text",
            "tool_name",
            "tool_use_id",
            "tool_input",
            "tool_response",
        ]
    ),
    SCALARS | st.lists(SCALARS, max_size=3),
    max_size=5,
)
VALUES = SCALARS | OBJECTS | st.lists(SCALARS | OBJECTS, max_size=3)
MEMBERS = st.dictionaries(
    st.text(max_size=8)
    | st.sampled_from(
        [
            "agent_id",
            "agent_type",
            "cwd",
            "tool_name",
            "tool_use_id",
            "tool_input",
            "tool_response",
            "tool_calls",
            "duration_ms",
            "error",
            "is_interrupt",
            "prompt",
            "prompt_id",
            "source",
            "reason",
            "message",
            "title",
            "notification_type",
            "file_path",
            "event",
            "message_id",
            "index",
            "last_assistant_message",
            "background_tasks",
            "permission_suggestions",
            "session_title",
            "model",
        ]
    ),
    VALUES,
    max_size=10,
)
PRINTABLE = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=64)
HEADERS = st.dictionaries(
    st.sampled_from(["eventyard-event-id", "eventyard-event-time", "eventyard-host", "host"]),
    st.text(max_size=20) | st.sampled_from(["2026-11-23T05:30:00Z", "build-7"]),
)


@given(hook=st.sampled_from(HOOKS) | PRINTABLE, session=PRINTABLE, members=MEMBERS, headers=HEADERS)
@settings(deadline=None)
def test_any_body_that_names_its_hook_and_session_becomes_good_events(
    check_event: Any, hook: str, session: str, members: dict[str, Any], headers: dict[str, str]
) -> None:
    body = members | {"hook_event_name": hook, "session_id": session}
    events = ClaudeCodePlugin().decode("claude-code", body, headers)
    assert events
    for event in events:
        check_event(event)
    assert {event.session for event in events} == {session}


@given(body=VALUES)
def test_anything_else_is_refused_with_a_text_of_ours(body: Any) -> None:
    with pytest.raises(MalformedBody, match=r"^expected .*; got "):
        ClaudeCodePlugin().decode("claude-code", body, {})


@given(body=MEMBERS, hook=st.sampled_from(HOOKS))
@settings(deadline=None)
def test_what_comes_of_a_body_depends_on_nothing_but_the_body_and_the_clock(body: dict[str, Any], hook: str) -> None:
    def decoded() -> list[Event]:
        plugin = ClaudeCodePlugin()
        plugin.clock = lambda: 0.0
        return list(plugin.decode("claude-code", body | {"hook_event_name": hook, "session_id": "s1"}, {}) or ())

    assert decoded() == decoded()
