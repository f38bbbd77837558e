"""Tool calls: their start, their end, and what they are known to have done."""

import re
from typing import Any, Final

from eventyard import Event

from eventyard_codex.hook_call import HookCall
from eventyard_codex.patch import file_operations
from eventyard_codex.subagents import child_of, link

__all__ = ["finished", "permission_requested", "started"]

#: How the output of a patch begins.
_EXIT_CODE: Final = re.compile(r"Exit code: (-?\d+)\n")


def started(call: HookCall) -> list[Event]:
    """PreToolUse."""
    given = call.body.get("tool_input")
    description = given.get("description") if isinstance(given, dict) else None
    data = {
        "tool": call.name_at("tool_name"),
        "input": given,
        "cwd": call.text("cwd"),
        "description": description if isinstance(description, str) else None,
    }
    use = call.name_at("tool_use_id")
    return [call.event("tool_start", data, key=(use,), correlationid=use)]


def finished(call: HookCall) -> list[Event]:
    """PostToolUse. Codex calls it for calls that ran, and does not say how a command ended."""
    tool, use = call.name_at("tool_name"), call.name_at("tool_use_id")
    response = call.body.get("tool_response")
    outcome = _outcome(tool, response)
    child = child_of(call)
    data = {
        "tool": tool,
        "outcome": outcome,
        "output": response,
        "error": response if outcome == "failed" and isinstance(response, str) else None,
        "child_agent": child,
        "input": call.body.get("tool_input"),
    }
    stop = call.event("tool_stop", data, key=(use,), correlationid=use)
    events = [stop]
    if tool == "apply_patch" and outcome == "success":
        events += file_operations(call, stop)
    if child is not None:
        events.append(link(call, stop, child))
    return events


def permission_requested(call: HookCall) -> list[Event]:
    """PermissionRequest."""
    data = {"tool": call.name_at("tool_name"), "input": call.body.get("tool_input")}
    return [call.event("permission_request", data)]


def _outcome(tool: str, response: Any) -> str:
    if tool == "Bash":
        # The output of the command alone: whether it failed is not told.
        return "unknown"
    if isinstance(response, str) and (ended := _EXIT_CODE.match(response)):
        return "success" if int(ended[1]) == 0 else "failed"
    # An MCP server says so in its answer.
    return "failed" if isinstance(response, dict) and response.get("isError") is True else "success"
