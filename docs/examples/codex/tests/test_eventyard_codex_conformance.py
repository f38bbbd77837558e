"""The plugin does what is demanded of every plugin."""

import json
from pathlib import Path

from eventyard.testing import PluginConformance
from eventyard_codex import CodexPlugin

LINES = Path(__file__).with_name("hook_bodies.jsonl").read_text("utf-8").splitlines()


class TestConformance(PluginConformance):
    plugin = CodexPlugin
    bodies = {"codex": [json.loads(line)["payload"] for line in LINES]}
