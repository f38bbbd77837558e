"""Subagents: their start and stop, and who started them."""

from typing import Final

from eventyard import Event

from eventyard_claude_code.agent_calls import MAIN_AGENT, AgentCall
from eventyard_claude_code.fields import UnfitBody, cut
from eventyard_claude_code.hook_call import HookCall
from eventyard_claude_code.identity import digest
from eventyard_claude_code.outcomes import RESPONSE

__all__ = ["AGENT_TOOLS", "agent_call", "child_of", "link", "started", "stopped"]

#: The tools that start a subagent; ``Task`` is the former name of ``Agent``.
AGENT_TOOLS: Final = frozenset({"Agent", "Task"})

#: How many characters of a description and of a prompt are remembered until the subagent starts.
_REMEMBERED: Final = 16_384


def started(call: HookCall) -> list[Event]:
    """SubagentStart, with the parent as far as the open calls of agent tools tell it."""
    agent, agent_type = _agent(call), _agent_type(call)
    starter = call.agent_calls.claimed_by(call.session, agent, agent_type)
    if starter is None:
        parent, tool_use_id = call.agent_calls.common_caller(call.session, agent_type), None
    else:
        parent, tool_use_id = starter.caller, starter.tool_use_id
    data = {
        "agent_type": agent_type,
        "description": starter and starter.description,
        "prompt": starter and starter.prompt,
    }
    return [
        call.event(
            "subagent_start",
            data,
            key=(agent, digest(call.body)),
            subject=agent,
            parentagent=parent,
            correlationid=tool_use_id,
        )
    ]


def stopped(call: HookCall) -> list[Event]:
    """SubagentStop. That a subagent has a last message is the one sign that it got to its end."""
    agent, agent_type = _agent(call), _agent_type(call)
    last_message = call.fields.text("last_assistant_message")
    data = {
        "agent_type": agent_type,
        "outcome": "success" if last_message else "unknown",
        "last_message": last_message,
        "transcript_path": call.fields.path("agent_transcript_path"),
    }
    return [call.event("subagent_stop", data, key=(agent, digest(call.body)), subject=agent)]


def agent_call(call: HookCall, tool_use_id: str) -> AgentCall:
    """The call of an agent tool that a tool hook tells of."""
    given = call.fields.inner("tool_input")
    return AgentCall(
        tool_use_id=tool_use_id,
        caller=call.agent or MAIN_AGENT,
        agent_type=given.name("subagent_type"),
        description=cut(given.text("description") or "", _REMEMBERED) or None,
        prompt=cut(given.text("prompt") or "", _REMEMBERED) or None,
    )


def child_of(call: HookCall) -> str | None:
    """The id of the subagent that the response of an agent tool names."""
    return call.fields.inner(*RESPONSE).name("agentId", "agent_id")


def link(call: HookCall, stop: Event, child: str, starter: AgentCall) -> Event:
    """Who started the subagent ``child``, known for certain at the end of the call that did.

    A subagent in the background runs on when its call ends; the numbers of the run are not there yet then.
    """
    response, given = call.fields.inner(*RESPONSE), call.fields.inner("tool_input")
    launched = response.value("status") == "async_launched"
    data = {
        "parent": starter.caller,
        "tool_use_id": starter.tool_use_id,
        "agent_type": response.name("agentType") or starter.agent_type,
        "background": launched or given.flag("run_in_background") is True,
        "duration_ms": response.number("totalDurationMs"),
        "tokens": response.count("totalTokens"),
        "tool_uses": response.count("totalToolUseCount"),
        "model": response.name("resolvedModel"),
    }
    return call.event(
        "subagent_link",
        data,
        tool_use_id=starter.tool_use_id,
        agent=child,
        parentagent=starter.caller,
        subject=child,
        causationid=stop.id,
    )


def _agent(call: HookCall) -> str:
    if call.agent is None:
        raise UnfitBody("agent_id")
    return call.agent


def _agent_type(call: HookCall) -> str:
    # Claude Code is known to say nothing, or the empty string, about subagents of its own.
    return "" if call.fields.value("agent_type") == "" else call.fields.need_name("agent_type", default="")
