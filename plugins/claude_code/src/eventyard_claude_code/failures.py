"""Failures of tools and turns as ``error`` events."""

from typing import Final

from eventyard import Event

from eventyard_claude_code.fields import cut
from eventyard_claude_code.hook_call import HookCall

__all__ = ["tool_failed", "turn_failed"]

#: The longest message, in characters: it is a line in a list.
_MESSAGE_LIMIT: Final = 1000


def tool_failed(call: HookCall, stop: Event, text: str | None) -> Event:
    """The failure of the tool call that ended with ``stop``; ``text`` is what the tool said about it."""
    tool: str = stop.data["tool"]
    data = {"kind": "tool_failed", "tool": tool} | _message(text, f"{tool} failed")
    return call.event("error", data, tool_use_id=stop.correlationid, causationid=stop.id, subject=tool)


def turn_failed(call: HookCall, end: Event, text: str | None) -> Event:
    """The failure of the turn that ended with ``end``; ``text`` is what Claude Code said about it."""
    data = {"kind": "turn_failed"} | _message(text, "the turn failed")
    return call.event("error", data, causationid=end.id)


def _message(text: str | None, default: str) -> dict[str, str]:
    """The first line of ``text`` as the message, and all of it as the detail when there is more."""
    stripped = (text or "").strip()
    if not stripped:
        return {"message": default}
    message = cut(stripped.splitlines()[0], _MESSAGE_LIMIT)
    return {"message": message} if message == stripped else {"message": message, "detail": stripped}
