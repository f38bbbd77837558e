"""The source ``codex``: what the OpenAI Codex CLI does, as events."""

from eventyard_codex.hooks_file import hooks_file, notify_command
from eventyard_codex.plugin import CodexPlugin

__all__ = ["CodexPlugin", "hooks_file", "notify_command"]
