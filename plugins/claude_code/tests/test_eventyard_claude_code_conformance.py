"""The plugin does what is demanded of every plugin; and what its schemas take and refuse."""

import json
from pathlib import Path

from eventyard.testing import PluginConformance
from eventyard_claude_code import ClaudeCodePlugin

LINES = Path(__file__).with_name("hook_bodies.jsonl").read_text("utf-8").splitlines()


class TestConformance(PluginConformance):
    plugin = ClaudeCodePlugin
    bodies = {"claude-code": [json.loads(line)["payload"] for line in LINES]}
