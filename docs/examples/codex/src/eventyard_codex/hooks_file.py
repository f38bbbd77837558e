"""What makes Codex report: the content of its ``hooks.json``, and its program for notifications."""

import shlex
from typing import Any, Final

__all__ = ["HOOKS", "HOOK_PATH", "TOKEN_VARIABLE", "hooks_file", "notify_command"]

#: Where the server takes what Codex tells.
HOOK_PATH: Final = "/v1/hooks/codex"

#: The environment variable of Codex from which its commands take the token.
TOKEN_VARIABLE: Final = "EVENTYARD_TOKEN"  # noqa: S105 - the name of a variable, no secret

#: The hooks of Codex 0.169, as the schemas in its program name them.
HOOKS: Final = (
    "Interrupt",
    "PermissionRequest",
    "PostCompact",
    "PostToolUse",
    "PreCompact",
    "PreToolUse",
    "SessionEnd",
    "SessionStart",
    "Stop",
    "SubagentStart",
    "SubagentStop",
    "UserPromptSubmit",
)

#: How long Codex waits for the server, in seconds. It gives Interrupt and SessionEnd three at most.
_TIMEOUT: Final = 2


def hooks_file(url: str, *, needs_token: bool = False) -> dict[str, Any]:
    """The content of ``~/.codex/hooks.json``, or of ``.codex/hooks.json`` in a project.

    Args:
        url: The server's address, for example ``http://localhost:8765``.
        needs_token: Whether the server asks for a token. It is not written down: the commands take it from the
            environment variable ``EVENTYARD_TOKEN``.
    """
    # What a hook prints is read as its answer, and a failure would be shown to the user.
    command = f"{_curl(url, needs_token=needs_token)} --data-binary @- >/dev/null 2>&1 || true"
    handler = {"type": "command", "command": command, "timeout": _TIMEOUT + 1}
    return {"hooks": {hook: [{"hooks": [dict(handler)]}] for hook in HOOKS}}


def notify_command(url: str, *, needs_token: bool = False) -> list[str]:
    """The setting ``notify`` of Codex, for those who use no hooks: it tells of the ends of turns alone.

    Codex adds the notification as the last argument. For the arguments, see :func:`hooks_file`.
    """
    return ["sh", "-c", f'exec {_curl(url, needs_token=needs_token)} --data-raw "$0"']


def _curl(url: str, *, needs_token: bool) -> str:
    token = f' -H "Authorization: Bearer ${TOKEN_VARIABLE}"' if needs_token else ""
    address = shlex.quote(url.rstrip("/") + HOOK_PATH)
    return f"curl -s -m {_TIMEOUT} -H 'Content-Type: application/json'{token} {address}"
