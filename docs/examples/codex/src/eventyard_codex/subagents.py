"""Subagents: threads of their own, which a tool call of another agent starts."""

import json

from eventyard import Event

from eventyard_codex.hook_call import HookCall

__all__ = ["child_of", "link", "started", "stopped"]


def started(call: HookCall) -> list[Event]:
    """SubagentStart."""
    agent = call.name_at("agent_id")
    return [call.event("subagent_start", {"agent_type": call.text("agent_type") or ""}, key=(agent,))]


def stopped(call: HookCall) -> list[Event]:
    """SubagentStop: the end of what it was given to do."""
    agent, last_message = call.name_at("agent_id"), call.text("last_assistant_message")
    data = {
        "agent_type": call.text("agent_type") or "",
        "outcome": "unknown" if last_message is None else "success",
        "last_message": last_message,
        "transcript_path": call.text("agent_transcript_path"),
    }
    return [call.event("subagent_stop", data, key=(agent, call.text("turn_id"), last_message))]


def child_of(call: HookCall) -> str | None:
    """The id of the subagent that a finished tool call has started: the tool's answer is JSON in a text."""
    response = call.body.get("tool_response")
    if not call.name_at("tool_name").endswith("spawn_agent") or not isinstance(response, str):
        return None
    try:
        answer = json.loads(response)
    except ValueError:
        return None
    child = answer.get("agent_id") if isinstance(answer, dict) else None
    return child if isinstance(child, str) and 0 < len(child) <= 256 and child.isprintable() else None


def link(call: HookCall, stop: Event, child: str) -> Event:
    """Tell whose subagent ``child`` is. It works on when the call that started it has ended."""
    parent = call.agent or "main"
    given = call.body.get("tool_input")
    agent_type = given.get("agent_type") if isinstance(given, dict) else None
    data = {
        "parent": parent,
        "tool_use_id": stop.correlationid,
        "agent_type": agent_type if isinstance(agent_type, str) else None,
        "background": True,
    }
    return call.event(
        "subagent_link",
        data,
        key=(child,),
        agent=child,
        parentagent=parent,
        correlationid=stop.correlationid,
        causationid=stop.id,
    )
