"""The source ``claude-code``: hook calls of Claude Code as Eventyard events."""

from eventyard_claude_code.plugin import ClaudeCodePlugin
from eventyard_claude_code.settings_block import settings_block

__all__ = ["ClaudeCodePlugin", "settings_block"]
