"""Tool calls: each gets one start and one end with the right outcome."""

from collections.abc import Callable
from typing import Any

import pytest
from eventyard import Event
from eventyard_claude_code import ClaudeCodePlugin

Decode = Callable[..., list[Event]]
Bodies = dict[str, dict[str, Any]]


def hook(name: str, **members: Any) -> dict[str, Any]:
    call = {"tool_name": "Bash", "tool_input": {"command": "make"}, "tool_use_id": "t1"}
    return {"hook_event_name": name, "session_id": "s1", "cwd": "/home/dev/shop", **call, **members}


def types(events: list[Event]) -> list[str]:
    return [event.type for event in events]


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        ({"stdout": "ok", "stderr": "", "interrupted": False}, "success"),
        ("plain text", "success"),
        ([{"type": "text", "text": "from an MCP server"}], "success"),
        (None, "success"),
        ({"success": True}, "success"),
        ({"stdout": "half", "interrupted": True}, "cancelled"),
        ({"is_error": True, "content": "boom"}, "failed"),
        ({"isError": True, "content": [{"type": "text", "text": "boom"}]}, "failed"),
        ({"success": False, "message": "boom"}, "failed"),
        ({"error": "boom"}, "failed"),
        ({"status": "failed", "exitCode": 1, "stdout": "of a shell that was asked about"}, "success"),
        ({"interrupted": "yes", "success": "no", "error": 3}, "success"),
    ],
)
def test_the_outcome_is_read_from_the_response(decode: Decode, response: Any, outcome: str) -> None:
    stop, *_ = decode(hook("PostToolUse", tool_response=response))
    assert stop.data["outcome"] == outcome
    assert stop.data.get("output") == response


def test_a_response_that_tells_of_a_failure_is_an_error_too(decode: Decode) -> None:
    stop, error = decode(hook("PostToolUse", tool_response={"is_error": True, "content": "no such file\nat line 3"}))
    assert stop.data["error"] == "no such file\nat line 3"
    assert error.data == {
        "kind": "tool_failed",
        "tool": "Bash",
        "message": "no such file",
        "detail": "no such file\nat line 3",
    }


def test_a_long_message_of_an_error_is_cut_and_whole_in_its_detail(decode: Decode) -> None:
    _, error = decode(hook("PostToolUseFailure", error="e" * 1001))
    assert error.data["message"] == "e" * 999 + "…"
    assert error.data["detail"] == "e" * 1001


def test_of_a_long_response_that_tells_of_a_failure_the_beginning_is_the_error(decode: Decode) -> None:
    response = {"isError": True, "content": [{"type": "text", "text": "w" * 800_000}] * 2}
    stop, _ = decode(hook("PostToolUse", tool_response=response))
    assert stop.data["error"] == "w" * 16_383 + "…"
    assert stop.data["output"] == response


def test_a_failure_without_words_is_still_an_error(decode: Decode) -> None:
    _, error = decode(hook("PostToolUseFailure"))
    assert error.data["message"] == "Bash failed"


def test_an_interrupted_call_is_cancelled_and_no_error(decode: Decode) -> None:
    (stop,) = decode(hook("PostToolUseFailure", error="[Request interrupted by user]", is_interrupt=True))
    assert stop.data["outcome"] == "cancelled"


def test_parallel_calls_that_end_in_another_order_keep_their_pairs(decode: Decode) -> None:
    starts = [decode(hook("PreToolUse", tool_use_id=name))[0] for name in ("t1", "t2")]
    stops = [decode(hook("PostToolUse", tool_use_id=name, tool_response=name))[0] for name in ("t2", "t1")]
    assert [start.correlationid for start in starts] == ["t1", "t2"]
    assert [(stop.correlationid, stop.data["output"]) for stop in stops] == [("t2", "t2"), ("t1", "t1")]


@pytest.mark.parametrize(
    "response",
    [
        "This command requires approval",
        "Permission to use Bash has been denied.",
        "The user doesn't want to proceed with this tool use. The tool use was rejected.",
        "Claude requested permissions to use Bash, but you haven't granted it yet.",
        [{"type": "text", "text": "This command requires approval"}],
        {"content": [{"type": "text", "text": "Denied by a hook"}]},
    ],
)
def test_a_denied_call_is_ended_by_its_batch(decode: Decode, response: Any) -> None:
    (start,) = decode(hook("PreToolUse"))
    call = {"tool_name": "Bash", "tool_input": {"command": "make"}, "tool_use_id": "t1", "tool_response": response}
    (stop,) = decode({"hook_event_name": "PostToolBatch", "session_id": "s1", "tool_calls": [call]})
    assert stop.data["outcome"] == "denied"
    assert stop.data["input"] == {"command": "make"}
    assert stop.correlationid == start.correlationid


def test_the_batch_does_not_take_long_output_for_a_refusal(decode: Decode) -> None:
    call = {"tool_name": "Bash", "tool_use_id": "t1", "tool_response": "line\n" * 500 + "access denied"}
    (stop,) = decode({"hook_event_name": "PostToolBatch", "session_id": "s1", "tool_calls": [call]})
    assert stop.data["outcome"] == "success"


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        ("hello", "success"),
        ("", "success"),
        (None, "success"),
        ("Exit code 0", "success"),
        ("Exit code 2\nno such file", "failed"),
        ("Error: file not found", "failed"),
        ("<tool_use_error>File has not been read yet</tool_use_error>", "failed"),
        ({"stdout": "", "interrupted": True}, "cancelled"),
        ({"is_error": True, "content": "no"}, "failed"),
        ([{"type": "text", "text": "Error: no route"}], "failed"),
    ],
)
def test_a_call_of_which_only_its_batch_tells_ended_as_its_response_says(
    decode: Decode, response: Any, outcome: str
) -> None:
    """Its own hook fell into a time when nobody listened."""
    call = {"tool_name": "Bash", "tool_use_id": "t1", "tool_response": response}
    (stop,) = decode({"hook_event_name": "PostToolBatch", "session_id": "s1", "tool_calls": [call]})
    assert stop.data["outcome"] == outcome
    assert ("error" in stop.data) is (outcome == "failed")


def test_a_batch_with_a_call_that_cannot_be_read_is_kept_whole_too(decode: Decode) -> None:
    calls = [{"tool_name": "Bash", "tool_use_id": "t1", "tool_response": "ok"}, {"tool_name": "Bash"}, 7]
    body = {"hook_event_name": "PostToolBatch", "session_id": "s1", "tool_calls": calls}
    stop, whole = decode(body)
    assert (stop.type, stop.correlationid) == ("tool_stop", "t1")
    assert (whole.type, whole.data["body"]) == ("hook_event", body)


def test_events_inside_a_subagent_belong_to_it(decode: Decode) -> None:
    inside = {"agent_id": "a1", "agent_type": "explorer"}
    bodies = [
        hook("PreToolUse", **inside),
        hook("PostToolUse", tool_response="ok", **inside),
        hook("PostToolUseFailure", error="boom", **inside),
        hook("PermissionDenied", reason="no", **inside),
        hook("PermissionRequest", **inside),
        hook("PostToolBatch", tool_calls=[hook("PostToolUse")], **inside),
    ]
    assert {event.agent for body in bodies for event in decode(body)} == {"a1"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"tool_name": None},
        {"tool_name": ["Bash"]},
        {"tool_name": ""},
        {"tool_name": "B" * 257},
        {"tool_name": "Ba\nsh"},
        {"tool_use_id": None},
        {"tool_use_id": 17},
        {"tool_use_id": "t" * 257},
        {"agent_id": 17},
        {"agent_id": "a" * 257},
    ],
)
@pytest.mark.parametrize("name", ["PreToolUse", "PostToolUse", "PostToolUseFailure", "PermissionDenied"])
def test_a_tool_hook_without_what_it_needs_is_kept_whole(decode: Decode, name: str, wrong: dict[str, Any]) -> None:
    body = hook(name, **wrong)
    (event,) = decode(body)
    assert (event.type, event.data["body"]) == ("hook_event", body)


def test_other_names_of_the_same_fields_are_understood(decode: Decode) -> None:
    (stop,) = decode(hook("PostToolUse", tool_result={"interrupted": True}))
    assert stop.data["outcome"] == "cancelled"
    stop, _ = decode(hook("PostToolUseFailure", tool_error="boom"))
    assert stop.data["error"] == "boom"
    (stop,) = decode(hook("PermissionDenied", denial_reason="not now"))
    assert stop.data["error"] == "not now"


@pytest.mark.parametrize("duration", [-1, "90", True, 2**53, [90]])
def test_a_duration_that_is_none_is_left_out(decode: Decode, duration: Any) -> None:
    (stop,) = decode(hook("PostToolUse", tool_response="ok", duration_ms=duration))
    assert "duration_ms" not in stop.data


@pytest.mark.parametrize("given", ["text", ["list"], 0, False, {}])
def test_a_tool_input_of_any_type_is_kept(decode: Decode, given: Any) -> None:
    (start,) = decode(hook("PreToolUse", tool_input=given))
    assert start.data["input"] == given


def test_long_texts_are_cut_to_the_setting(plugin: ClaudeCodePlugin, decode: Decode) -> None:
    plugin.configure({"repeat_window": 5, "text_limit": 64})
    stop, error = decode(hook("PostToolUseFailure", error="e" * 65))
    assert stop.data["error"] == error.data["message"] == "e" * 63 + "…"


def test_a_permission_request_tells_what_is_asked_for(decode: Decode) -> None:
    (event,) = decode(hook("PermissionRequest", tool_use_id=None, permission_suggestions=[{"behavior": "allow"}]))
    assert types([event]) == ["permission_request"]
    assert event.data == {"tool": "Bash", "input": {"command": "make"}, "suggestions": [{"behavior": "allow"}]}
