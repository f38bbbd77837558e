"""Failures of tools and turns as ``error`` events."""

from eventyard import Event

from eventyard_claude_code.hook_call import HookCall

__all__ = ["tool_failed", "turn_failed"]


def tool_failed(call: HookCall, stop: Event, text: str | None) -> Event:
    """The failure of the tool call that ended with ``stop``; ``text`` is what the tool said about it."""
    tool: str = stop.data["tool"]
    data = {"kind": "tool_failed", "tool": tool, "hook": call.name} | _message(text, f"{tool} failed")
    return call.event("error", data, tool_use_id=stop.correlationid, causationid=stop.id, subject=tool)


def turn_failed(call: HookCall, end: Event, text: str | None) -> Event:
    """The failure of the turn that ended with ``end``; ``text`` is what Claude Code said about it."""
    data = {"kind": "turn_failed", "hook": call.name} | _message(text, "the turn failed")
    return call.event("error", data, causationid=end.id)


def _message(text: str | None, default: str) -> dict[str, str]:
    """The first line of ``text`` as the message; all of it as the detail when there is more."""
    stripped = (text or "").strip()
    if not stripped:
        return {"message": default}
    first, *more = stripped.splitlines()
    return {"message": first, "detail": stripped} if more else {"message": first}
