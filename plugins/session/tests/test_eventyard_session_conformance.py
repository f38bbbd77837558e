"""The plugin does what is demanded of every plugin; and what its schemas take and refuse."""

from eventyard.testing import PluginConformance
from eventyard_session import SessionPlugin


class TestConformance(PluginConformance):
    plugin = SessionPlugin
    accepted = {
        # An agent may have reasons of its own to start.
        "session_start": [{"reason": reason} for reason in ("startup", "resume", "clear", "fork", "teleport")],
        # What a tool is called with is the tool's business.
        "permission_request": [
            {"tool": "Bash", "input": value} for value in (None, True, 0, 1.5, "text", [1], {"a": 1})
        ],
    }
    refused = {
        "session_start": [
            ({"cwd": "/home/dev"}, "required"),
            ({"reason": "r" * 65}, "maxLength"),
            ({"reason": "startup", "cwd": "/" * 4097}, "maxLength"),
        ],
        "session_end": [({}, "required"), ({"reason": ""}, "minLength")],
        "user_prompt": [({"title": "Login"}, "required"), ({"prompt": ["Fix it"]}, "type")],
        "turn_end": [({"outcome": "done"}, "enum"), ({"outcome": "failed", "background_tasks": {}}, "type")],
        "notification": [({"kind": "idle_prompt"}, "required")],
        "permission_request": [({"input": {}}, "required"), ({"tool": ""}, "minLength")],
        "hook_event": [({"hook": "Setup"}, "required"), ({"hook": "Setup", "body": "text"}, "type")],
    }
