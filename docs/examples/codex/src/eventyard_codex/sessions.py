"""Sessions and their turns."""

from collections.abc import Mapping
from typing import Any

from eventyard import Event, MalformedBody

from eventyard_codex.hook_call import AGENT_KIND, HookCall

__all__ = ["ended", "interrupted", "prompted", "started", "stop_of", "turn_ended", "whole"]


def started(call: HookCall) -> list[Event]:
    """SessionStart: also of one that goes on, or whose context was compacted."""
    data = {
        "reason": call.text("source") or "unknown",
        "cwd": call.text("cwd"),
        "model": call.text("model"),
        "transcript_path": call.text("transcript_path"),
    }
    return [call.event("session_start", data)]


def ended(call: HookCall) -> list[Event]:
    """SessionEnd."""
    return [call.event("session_end", {"reason": call.text("reason") or "other"})]


def prompted(call: HookCall) -> list[Event]:
    """UserPromptSubmit; in a subagent it is the other agent who prompts, and not the user."""
    if call.agent is not None:
        return whole(call)
    prompt = call.text("prompt")
    return [call.event("user_prompt", {"prompt": prompt or ""}, key=(call.text("turn_id"), prompt))]


def turn_ended(call: HookCall) -> list[Event]:
    """Stop."""
    return [_turn_end(call, call.text("turn_id"), call.text("last_assistant_message"))]


def interrupted(call: HookCall) -> list[Event]:
    """Interrupt: the user has stopped the turn."""
    return [call.event("turn_end", {"outcome": "interrupted"}, key=(call.text("turn_id"), "interrupted"))]


def stop_of(notification: Mapping[str, Any]) -> dict[str, Any] | None:
    """The body of the hook Stop that tells what a notification of the setting ``notify`` does.

    ``None`` for one of a subagent, which does not say whose it is: unlike those of the main agent, it names no client.

    Raises:
        MalformedBody: It tells something else than that a turn has ended.
    """
    if notification["type"] != "agent-turn-complete":
        message = f"expected a notification of the type agent-turn-complete, got {str(notification['type'])[:64]!r}"
        raise MalformedBody(message)
    if notification.get("client") is None:
        return None
    return {
        "hook_event_name": "Stop",
        "session_id": notification.get("thread-id"),
        "turn_id": notification.get("turn-id"),
        "cwd": notification.get("cwd"),
        "last_assistant_message": notification.get("last-assistant-message"),
    }


def whole(call: HookCall) -> list[Event]:
    """Keep a hook call as it came: one without an event type of its own, or with a body that does not fit."""
    return [call.event("hook_event", {"hook": call.name, "body": call.body, "agent_kind": AGENT_KIND})]


def _turn_end(call: HookCall, turn: str | None, last_message: str | None) -> Event:
    data = {"outcome": "completed", "last_message": last_message}
    # A turn that another hook keeps from ending ends again, with another message.
    return call.event("turn_end", data, key=(turn, last_message))
