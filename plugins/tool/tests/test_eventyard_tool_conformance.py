"""The plugin does what is demanded of every plugin; and what its schemas take and refuse."""

from eventyard.testing import PluginConformance
from eventyard_tool import ToolPlugin

START = {"tool": "Bash"}
STOP = {"tool": "Bash", "outcome": "success"}


class TestConformance(PluginConformance):
    plugin = ToolPlugin
    accepted = {
        "tool_start": [
            START,
            START | {"input": None},
            START | {"input": ["any", {"json": 1.5}]},
            START | {"description": "x" * 1_048_576},
        ],
        "tool_stop": [STOP | {"duration_ms": 0}, STOP | {"duration_ms": 0.25}, STOP | {"output": "text"}],
    }
    refused = {
        "tool_start": [
            ([], "type"),
            ({}, "required"),
            ({"tool": ""}, "minLength"),
            ({"tool": 7}, "type"),
            ({"tool": "a\tb"}, "pattern"),
            ({"tool": "x" * 257}, "maxLength"),
            (START | {"cwd": None}, "type"),
            (START | {"description": "x" * 1_048_577}, "maxLength"),
        ],
        "tool_stop": [
            ({"tool": "Bash"}, "required"),
            ({"outcome": "success"}, "required"),
            (STOP | {"outcome": "lost"}, "enum"),
            (STOP | {"duration_ms": -1}, "minimum"),
            (STOP | {"duration_ms": "90"}, "type"),
            (STOP | {"child_agent": 1}, "type"),
        ],
    }
