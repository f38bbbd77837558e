"""Sessions: their start and end, turns, prompts and what they wait for."""

from collections.abc import Callable
from typing import Any

import pytest
from eventyard import Event

Decode = Callable[..., list[Event]]


def hook(name: str, **members: Any) -> dict[str, Any]:
    return {"hook_event_name": name, "session_id": "s1", **members}


def test_a_session_start_tells_what_is_known_of_the_session(decode: Decode) -> None:
    members = {"cwd": "/shop", "model": "opus", "session_title": "Fix the till", "agent_type": "reviewer"}
    (event,) = decode(hook("SessionStart", source="fork", transcript_path="/t.jsonl", **members))
    assert event.data == {
        "reason": "fork",
        "cwd": "/shop",
        "model": "opus",
        "title": "Fix the till",
        "agent_type": "reviewer",
        "transcript_path": "/t.jsonl",
    }


@pytest.mark.parametrize(("name", "event_type"), [("SessionStart", "session_start"), ("SessionEnd", "session_end")])
def test_a_session_may_start_and_end_without_a_reason(decode: Decode, name: str, event_type: str) -> None:
    (event,) = decode(hook(name))
    assert (event.type, event.data["reason"]) == (event_type, "unknown")


@pytest.mark.parametrize(
    ("body", "data"),
    [
        (hook("SessionStart", start_reason="clear"), {"reason": "clear"}),
        (hook("SessionEnd", end_reason="logout"), {"reason": "logout"}),
    ],
)
def test_other_names_of_the_reason_are_understood(decode: Decode, body: dict[str, Any], data: dict[str, str]) -> None:
    (event,) = decode(body)
    assert event.data == data


@pytest.mark.parametrize(
    "body",
    [
        hook("SessionStart", source=7),
        hook("SessionEnd", reason="r" * 65),
        hook("UserPromptSubmit"),
        hook("UserPromptSubmit", prompt=["a", "list"]),
        hook("Notification", message=None),
        hook("PermissionRequest", tool_name=7),
        hook("PostToolBatch", tool_calls=[]),
        hook("PostToolBatch", tool_calls="none"),
    ],
)
def test_a_session_hook_without_what_it_needs_is_kept_whole(decode: Decode, body: dict[str, Any]) -> None:
    (event,) = decode(body)
    assert (event.type, event.data["body"]) == ("hook_event", body)


def test_a_broken_turn_says_why(decode: Decode) -> None:
    members = {"error": "rate_limit", "error_details": "429\nslow down", "last_assistant_message": "API Error"}
    end, error = decode(hook("StopFailure", **members))
    assert end.data == {"outcome": "failed", "error": "rate_limit", "last_message": "API Error"}
    assert (error.data["kind"], error.data["message"], error.data["detail"]) == ("turn_failed", "429", "429\nslow down")


def test_a_turn_that_broke_without_a_word_is_an_error_all_the_same(decode: Decode) -> None:
    end, error = decode(hook("StopFailure"))
    assert end.data == {"outcome": "failed"}
    assert error.data["message"] == "the turn failed"


def test_a_turn_of_a_subagent_is_not_the_sessions(decode: Decode) -> None:
    (whole,) = decode(hook("Stop", agent_id="a1"))
    assert (whole.type, whole.agent) == ("hook_event", "a1")
    whole, error = decode(hook("StopFailure", agent_id="a1", error="rate_limit"))
    assert (whole.type, error.type, error.agent) == ("hook_event", "error", "a1")
    assert error.causationid == whole.id


def test_of_a_long_list_of_background_tasks_the_first_thousand_are_told(decode: Decode) -> None:
    (event,) = decode(hook("Stop", background_tasks=list(range(1001))))
    assert event.data["background_tasks"] == list(range(1000))


def test_a_long_prompt_is_cut(decode: Decode) -> None:
    (event,) = decode(hook("UserPromptSubmit", prompt="x" * (1024 * 1024 + 1)))
    assert len(event.data["prompt"]) == 1024 * 1024
    assert event.data["prompt"].endswith("x…")
