"""Naming settings must not cost a server's start."""

import json
import subprocess
import sys

PROGRAM = """
import json, sys
import eventyard.settings
from eventyard.settings import Settings, server_address
server_address(environ={})
print(json.dumps(sorted(sys.modules)))
"""


def test_settings_import_neither_a_validator_nor_a_server() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True, text=True)
    loaded = set(json.loads(done.stdout))
    assert "eventyard.settings" in loaded
    assert not loaded & {"aiohttp", "asyncio", "jsonschema", "pluggy", "socketio", "yaml"}
