"""Hook calls that are kept whole: of hooks without an event type of their own, and with bodies that do not fit."""

from eventyard import Event

from eventyard_claude_code.hook_call import AGENT_KIND, HookCall

__all__ = ["message_displayed", "whole"]


def whole(call: HookCall) -> list[Event]:
    """Keep any hook call as it came."""
    return [_hook_event(call)]


def message_displayed(call: HookCall) -> list[Event]:
    """MessageDisplay: a part of a message, counted by an index."""
    message, index = call.fields.name("message_id"), call.fields.count("index")
    return [_hook_event(call, None if message is None or index is None else (message, index))]


def _hook_event(call: HookCall, key: tuple[str, int] | None = None) -> Event:
    data = {"hook": call.name, "body": call.body, "agent_kind": AGENT_KIND}
    return call.event("hook_event", data, key=key, subject=call.name)
