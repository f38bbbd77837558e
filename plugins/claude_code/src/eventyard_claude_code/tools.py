"""Tool calls: their start and their end, which several hooks may tell of."""

from dataclasses import dataclass
from typing import Any

from eventyard import Event

from eventyard_claude_code import agents
from eventyard_claude_code.failures import tool_failed
from eventyard_claude_code.fields import Fields, UnfitBody
from eventyard_claude_code.files import operation_of
from eventyard_claude_code.hook_call import HookCall
from eventyard_claude_code.other_hooks import whole
from eventyard_claude_code.outcomes import RESPONSE, batch_outcome_of, outcome_of, response_text

__all__ = ["batch_finished", "denied", "failed", "finished", "permission_requested", "started"]


@dataclass(frozen=True, slots=True)
class _ToolCall:
    """A tool call as a body names it."""

    tool: str
    tool_use_id: str
    input: Any


def started(call: HookCall) -> list[Event]:
    """PreToolUse."""
    tool_call = _read(call, call.fields)
    if tool_call.tool in agents.AGENT_TOOLS:
        call.agent_calls.opened(call.session, agents.agent_call(call, tool_call.tool_use_id))
    data = {
        "tool": tool_call.tool,
        "input": tool_call.input,
        "cwd": call.cwd,
        "description": call.fields.inner("tool_input").text("description"),
    }
    return [call.event("tool_start", data, tool_use_id=tool_call.tool_use_id, subject=tool_call.tool)]


def finished(call: HookCall) -> list[Event]:
    """PostToolUse: the end of a call, and what the call is known to have done."""
    tool_call = _read(call, call.fields)
    response = call.fields.value(*RESPONSE)
    outcome = outcome_of(call.fields.within(response))
    error = response_text(response, call.fields) if outcome == "failed" else None
    child = agents.child_of(call) if tool_call.tool in agents.AGENT_TOOLS else None
    stop = _stop(call, tool_call, outcome, output=response, error=error, child_agent=child)
    events = [stop]
    if outcome == "failed":
        events.append(tool_failed(call, stop, error))
    elif outcome == "success" and (operation := operation_of(call, stop)):
        events.append(operation)
    if child is not None:
        starter = agents.agent_call(call, tool_call.tool_use_id)
        call.agent_calls.linked(call.session, child, starter)
        events.append(agents.link(call, stop, child, starter))
    return events


def failed(call: HookCall) -> list[Event]:
    """PostToolUseFailure; an interruption is the user's wish and no error."""
    tool_call = _read(call, call.fields)
    error = call.fields.text("error", "tool_error", "error_message")
    if call.fields.flag("is_interrupt"):
        return [_stop(call, tool_call, "cancelled", error=error)]
    stop = _stop(call, tool_call, "failed", error=error)
    return [stop, tool_failed(call, stop, error)]


def denied(call: HookCall) -> list[Event]:
    """PermissionDenied: the call ends without having run."""
    tool_call = _read(call, call.fields)
    reason = call.fields.text("reason", "denial_reason")
    return [_stop(call, tool_call, "denied", error=reason, input=tool_call.input)]


def batch_finished(call: HookCall) -> list[Event]:
    """PostToolBatch: the end of all calls of one message, also of those that no other hook told of.

    Most of these ends are known already and turn out as duplicates. A call that was not allowed has no other end.
    """
    items = call.fields.array("tool_calls")
    if not items:
        raise UnfitBody("tool_calls")
    events = []
    unfit = False
    for item in items:
        fields = call.fields.within(item)
        try:
            tool_call = _read(call, fields)
        except UnfitBody:
            unfit = True
            continue
        response = fields.value(*RESPONSE)
        text = response_text(response, fields)
        outcome = batch_outcome_of(fields.within(response), text)
        error = text if outcome in {"denied", "failed"} else None
        events.append(_stop(call, tool_call, outcome, output=response, error=error, input=tool_call.input))
    return [*events, *whole(call)] if unfit else events


def permission_requested(call: HookCall) -> list[Event]:
    """PermissionRequest: the session waits for its user. Claude Code does not say which call it is about."""
    tool = call.fields.need_name("tool_name")
    data = {
        "tool": tool,
        "input": call.fields.value("tool_input"),
        "suggestions": call.fields.short_array("permission_suggestions"),
    }
    return [call.event("permission_request", data, subject=tool, correlationid=call.fields.name("tool_use_id"))]


def _read(call: HookCall, fields: Fields) -> _ToolCall:
    if call.in_subagent and call.agent is None:
        # Without a usable id the call would pass for one of the main agent.
        raise UnfitBody("agent_id")
    return _ToolCall(fields.need_name("tool_name"), fields.need_name("tool_use_id"), fields.value("tool_input"))


def _stop(call: HookCall, tool_call: _ToolCall, outcome: str, **data: Any) -> Event:
    call.agent_calls.closed(call.session, tool_call.tool_use_id)
    duration = call.fields.number("duration_ms")
    return call.event(
        "tool_stop",
        {"tool": tool_call.tool, "outcome": outcome, "duration_ms": duration} | data,
        tool_use_id=tool_call.tool_use_id,
        subject=tool_call.tool,
    )
