"""What happens to a session as a whole: its start and end, its turns, and what it waits for."""

from typing import Final

from eventyard import Event

from eventyard_claude_code.failures import turn_failed
from eventyard_claude_code.hook_call import HookCall
from eventyard_claude_code.identity import digest
from eventyard_claude_code.other_hooks import whole

__all__ = ["ended", "notified", "prompted", "started", "turn_broke_off", "turn_ended"]

#: The longest reason of a start or an end, in characters.
_REASON_LIMIT: Final = 64


def started(call: HookCall) -> list[Event]:
    """SessionStart."""
    fields = call.fields
    data = {
        "reason": fields.need_name("source", "start_reason", limit=_REASON_LIMIT, default="unknown"),
        "cwd": call.cwd,
        "model": fields.name("model"),
        "title": fields.text("session_title"),
        "agent_type": fields.name("agent_type"),
        "transcript_path": fields.path("transcript_path"),
    }
    return [call.event("session_start", data)]


def ended(call: HookCall) -> list[Event]:
    """SessionEnd."""
    reason = call.fields.need_name("reason", "end_reason", limit=_REASON_LIMIT, default="unknown")
    call.agent_calls.forget(call.session)
    return [call.event("session_end", {"reason": reason})]


def prompted(call: HookCall) -> list[Event]:
    """UserPromptSubmit."""
    data = {"prompt": call.fields.need_text("prompt"), "title": call.fields.text("session_title")}
    prompt_id = call.fields.name("prompt_id")
    key = (prompt_id, digest(call.fields.value("prompt"))) if prompt_id else None
    return [call.event("user_prompt", data, key=key)]


def turn_ended(call: HookCall) -> list[Event]:
    """Stop: the agent has finished its turn."""
    if call.in_subagent:
        return whole(call)
    data = {
        "outcome": "completed",
        "last_message": call.fields.text("last_assistant_message"),
        "background_tasks": call.fields.short_array("background_tasks"),
    }
    return [call.event("turn_end", data)]


def turn_broke_off(call: HookCall) -> list[Event]:
    """StopFailure: the turn ended by an error, usually one of the model's interface.

    The session's turn goes on when that happens in a subagent.
    """
    error, last_message = call.fields.text("error", "error_type"), call.fields.text("last_assistant_message")
    if call.in_subagent:
        (end,) = whole(call)
    else:
        end = call.event("turn_end", {"outcome": "failed", "error": error, "last_message": last_message})
    details = call.fields.text("error_details")
    return [end, turn_failed(call, end, details or last_message or error)]


def notified(call: HookCall) -> list[Event]:
    """Notification."""
    data = {
        "message": call.fields.need_text("message"),
        "kind": call.fields.name("notification_type"),
        "title": call.fields.text("title"),
    }
    return [call.event("notification", data)]
