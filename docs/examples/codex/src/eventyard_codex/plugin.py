"""The plugin: which hook of Codex becomes which events."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from eventyard import Event, Plugin, hookimpl

from eventyard_codex import sessions, subagents, tools
from eventyard_codex.hook_call import AGENT_KIND, HookCall, UnfitBody

__all__ = ["CodexPlugin"]

#: What becomes of the hooks that are understood; every other hook is kept whole.
_TRANSLATIONS: Final[Mapping[str, Callable[[HookCall], list[Event]]]] = {
    "Interrupt": sessions.interrupted,
    "PermissionRequest": tools.permission_requested,
    "PostToolUse": tools.finished,
    "PreToolUse": tools.started,
    "SessionEnd": sessions.ended,
    "SessionStart": sessions.started,
    "Stop": sessions.turn_ended,
    "SubagentStart": subagents.started,
    "SubagentStop": subagents.stopped,
    "UserPromptSubmit": sessions.prompted,
}


class CodexPlugin(Plugin):
    """The source ``codex``."""

    @hookimpl
    def introduce(self, url: str, needs_token: bool) -> str:
        """Say what makes Codex report; its hooks are too long to be shown."""
        command = f"python -m eventyard_codex {url}" + (" --token" if needs_token else "")
        return (
            "To see what Codex does, give it these hooks, and trust them with its command /hooks:\n\n"
            f"  {command} > ~/.codex/hooks.json"
        )

    @hookimpl
    def decode(self, source: str, body: Any, headers: Mapping[str, str]) -> Sequence[Event] | None:
        """Turn the body of a hook call, or a notification, into events.

        Raises:
            MalformedBody: It does not say which hook of which session it comes from.
        """
        if source != AGENT_KIND:
            return None
        if isinstance(body, dict) and "type" in body and "hook_event_name" not in body:
            body = sessions.stop_of(body)
            if body is None:
                return []
        call = HookCall(body)
        translate = _TRANSLATIONS.get(call.name, sessions.whole)
        try:
            # What a subagent does must not be told as the main agent's.
            return translate(call) if call.in_subagent is (call.agent is not None) else sessions.whole(call)
        except UnfitBody:
            return sessions.whole(call)
