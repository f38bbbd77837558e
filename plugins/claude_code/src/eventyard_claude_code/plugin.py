"""The plugin: which hook of Claude Code becomes which events."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final

from eventyard import Event, Finding, Plugin, hookimpl

from eventyard_claude_code import agents, files, other_hooks, sessions, tools
from eventyard_claude_code.agent_calls import AgentCalls
from eventyard_claude_code.connection import look_at_connection
from eventyard_claude_code.fields import TEXT_LIMIT, UnfitBody
from eventyard_claude_code.hook_call import AGENT_KIND, HookCall
from eventyard_claude_code.identity import RecentBodies
from eventyard_claude_code.settings_block import settings_block

__all__ = ["ClaudeCodePlugin"]

#: What becomes of the hooks that are understood; every other hook is kept whole.
_TRANSLATIONS: Final[Mapping[str, Callable[[HookCall], list[Event]]]] = {
    "FileChanged": files.file_changed,
    "MessageDisplay": other_hooks.message_displayed,
    "Notification": sessions.notified,
    "PermissionDenied": tools.denied,
    "PermissionRequest": tools.permission_requested,
    "PostToolBatch": tools.batch_finished,
    "PostToolUse": tools.finished,
    "PostToolUseFailure": tools.failed,
    "PreToolUse": tools.started,
    "SessionEnd": sessions.ended,
    "SessionStart": sessions.started,
    "Stop": sessions.turn_ended,
    "StopFailure": sessions.turn_broke_off,
    "SubagentStart": agents.started,
    "SubagentStop": agents.stopped,
    "UserPromptSubmit": sessions.prompted,
}

_REPEAT_WINDOW: Final = 5.0


class ClaudeCodePlugin(Plugin):
    """The source ``claude-code``.

    Attributes:
        clock: Seconds of a clock that never goes back; tests replace it.
    """

    config_schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "repeat_window": {
                "title": "Repeat window",
                "description": "For how many seconds equal hook bodies that carry no id of their own count as one.",
                "type": "number",
                "minimum": 0,
                "maximum": 3600,
                "default": _REPEAT_WINDOW,
            },
            "text_limit": {
                "title": "Text limit",
                "description": "How many characters of a prompt, a message or an error are kept.",
                "type": "integer",
                "minimum": 64,
                "maximum": TEXT_LIMIT,
                "default": TEXT_LIMIT,
            },
        },
    }

    def __init__(self) -> None:
        self.clock: Callable[[], float] = time.monotonic
        self._text_limit = TEXT_LIMIT
        self._recent = RecentBodies(_REPEAT_WINDOW)
        self._agent_calls = AgentCalls()

    def configure(self, table: Mapping[str, Any]) -> None:
        """Take ``repeat_window`` and ``text_limit``."""
        self._recent.window = table["repeat_window"]
        self._text_limit = table["text_limit"]

    @hookimpl
    def introduce(self, url: str, needs_token: bool) -> str:
        """Show the block for Claude Code's settings, one hook a line."""
        hooks = settings_block(url, needs_token=needs_token)["hooks"]
        lines = ",\n".join(f"    {json.dumps(hook)}: {json.dumps(handlers)}" for hook, handlers in hooks.items())
        block = f'{{\n  "hooks": {{\n{lines}\n  }}\n}}'
        return f"To see what Claude Code does, put this into its settings.json:\n\n{block}"

    @hookimpl
    def diagnose(self, url: str, needs_token: bool) -> Iterator[Finding]:
        """Look into the settings files of Claude Code, as it reads them when it is started here."""
        return look_at_connection(url, needs_token=needs_token, directory=Path.cwd())

    @hookimpl
    def decode(self, source: str, body: Any, headers: Mapping[str, str]) -> Sequence[Event] | None:
        """Turn the body of a hook call into events; nothing that names its hook and session is dropped.

        Raises:
            MalformedBody: The body is no object, or it does not say which hook of which session it comes from.
        """
        if source != AGENT_KIND:
            return None
        call = HookCall(
            body,
            headers,
            agent_calls=self._agent_calls,
            recent=self._recent,
            now=self.clock(),
            text_limit=self._text_limit,
        )
        try:
            return _TRANSLATIONS.get(call.name, other_hooks.whole)(call)
        except UnfitBody:
            return other_hooks.whole(call)
