"""The plugin does what is demanded of every plugin; and what its schemas take and refuse."""

from eventyard.testing import PluginConformance
from eventyard_error import ErrorPlugin

ERROR = {"message": "Exit code 3", "kind": "tool_failed"}
ACKNOWLEDGED = {"error_source": "/a", "error_id": "1"}


class TestConformance(PluginConformance):
    plugin = ErrorPlugin
    refused = {
        "error": [
            ({"kind": "tool_failed"}, "required"),
            ({"message": "Exit code 3"}, "required"),
            (ERROR | {"kind": "Tool failed"}, "pattern"),
            (ERROR | {"kind": ""}, "pattern"),
            (ERROR | {"message": 3}, "type"),
            (ERROR | {"severity": "bad"}, "enum"),
            (ERROR | {"issues": [{}]}, "required"),
        ],
        "error_acknowledged": [
            ({"error_id": "1"}, "required"),
            ({"error_source": "/a"}, "required"),
            (ACKNOWLEDGED | {"error_id": ""}, "minLength"),
            (ACKNOWLEDGED | {"note": "n" * 4097}, "maxLength"),
        ],
    }
