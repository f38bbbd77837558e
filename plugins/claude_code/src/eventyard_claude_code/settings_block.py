"""The block for Claude Code's ``settings.json`` that makes it report to a yard."""

import shlex
from typing import Any, Final

__all__ = ["COMMAND_HOOKS", "HOOK_PATH", "HTTP_HOOKS", "TOKEN_VARIABLE", "settings_block"]

#: Where the server takes the hook calls of Claude Code.
HOOK_PATH: Final = "/v1/hooks/claude-code"

#: The environment variable of Claude Code from which it takes the token.
TOKEN_VARIABLE: Final = "EVENTYARD_TOKEN"  # noqa: S105 - the name of a variable, no secret

#: The hooks that Claude Code 2.1 calls over HTTP. Two are left out: a WorktreeCreate hook replaces what git does, and
#: a MessageDisplay hook holds up each part of a message that is shown.
HTTP_HOOKS: Final = (
    "ConfigChange",
    "CwdChanged",
    "DirectoryAdded",
    "Elicitation",
    "ElicitationResult",
    "FileChanged",
    "InstructionsLoaded",
    "Notification",
    "PermissionDenied",
    "PermissionRequest",
    "PostCompact",
    "PostModelSwitch",
    "PostToolBatch",
    "PostToolUse",
    "PostToolUseFailure",
    "PreCompact",
    "PreModelSwitch",
    "PreToolUse",
    "SessionEnd",
    "Stop",
    "StopFailure",
    "SubagentStart",
    "SubagentStop",
    "TaskCompleted",
    "TaskCreated",
    "TeammateIdle",
    "UserPromptExpansion",
    "UserPromptSubmit",
    "WorktreeRemove",
)

#: The hooks for which Claude Code 2.1 takes commands only.
COMMAND_HOOKS: Final = ("SessionStart", "Setup")

#: How long Claude Code waits for the server, in seconds. A turn stands still that long when the server hangs.
_TIMEOUT: Final = 2


def settings_block(url: str, *, needs_token: bool = False) -> dict[str, Any]:
    """The block for Claude Code's ``settings.json``.

    Args:
        url: The server's address, for example ``http://127.0.0.1:8765``.
        needs_token: Whether the server asks for a token. It is not written down: the block makes Claude Code take it
            from the environment variable ``EVENTYARD_TOKEN``.
    """
    address = url.rstrip("/") + HOOK_PATH
    http: dict[str, Any] = {"type": "http", "url": address, "timeout": _TIMEOUT}
    header = ""
    if needs_token:
        bearer = f"Bearer ${TOKEN_VARIABLE}"
        http |= {"headers": {"Authorization": bearer}, "allowedEnvVars": [TOKEN_VARIABLE]}
        header = f' -H "Authorization: {bearer}"'
    # What a SessionStart command prints would go to the model, and a failure would be shown to the user.
    command = {
        "type": "command",
        "command": (
            f"curl -s -m {_TIMEOUT} -H 'Content-Type: application/json'{header}"
            f" --data-binary @- {shlex.quote(address)} >/dev/null 2>&1 || true"
        ),
        "timeout": _TIMEOUT + 1,
    }
    handlers = dict.fromkeys(HTTP_HOOKS, http) | dict.fromkeys(COMMAND_HOOKS, command)
    return {"hooks": {hook: [{"hooks": [dict(handler)]}] for hook, handler in sorted(handlers.items())}}
