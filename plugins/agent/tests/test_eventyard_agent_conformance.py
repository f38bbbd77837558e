"""The plugin does what is demanded of every plugin; and what its schemas take and refuse."""

from eventyard.testing import PluginConformance
from eventyard_agent import AgentPlugin

START = {"agent_type": "general-purpose"}
STOP = {"agent_type": "", "outcome": "success"}
LINK = {"parent": "main"}


class TestConformance(PluginConformance):
    plugin = AgentPlugin
    accepted = {
        "subagent_start": [START, START | {"prompt": "x" * 1_048_576}],
        "subagent_stop": [STOP, STOP | {"duration_ms": 0.5}],
        "subagent_link": [LINK, LINK | {"tokens": 0, "background": True}],
    }
    refused = {
        "subagent_start": [
            ([], "type"),
            ({}, "required"),
            ({"agent_type": None}, "type"),
            ({"agent_type": "x" * 257}, "maxLength"),
            (START | {"prompt": "x" * 1_048_577}, "maxLength"),
        ],
        "subagent_stop": [
            ({"agent_type": ""}, "required"),
            (STOP | {"outcome": "denied"}, "enum"),
            (STOP | {"duration_ms": -0.5}, "minimum"),
        ],
        "subagent_link": [
            ({}, "required"),
            ({"parent": ""}, "minLength"),
            (LINK | {"background": "yes"}, "type"),
            (LINK | {"tokens": 1.5}, "type"),
            (LINK | {"tool_uses": 2**53}, "integer_range"),
        ],
    }
