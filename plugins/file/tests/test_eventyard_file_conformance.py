"""The plugin does what is demanded of every plugin; and what its schemas take and refuse."""

from eventyard.testing import PluginConformance
from eventyard_file import FilePlugin

READ = {"operation": "read", "path": "/home/dev/project/app.py"}


class TestConformance(PluginConformance):
    plugin = FilePlugin
    accepted = {
        "file_operation": [
            READ | {"path": "/" + "x" * 4095},
            READ | {"path": "two\nlines"},
            READ | {"lines_added": 0, "lines_removed": 0, "bytes": 0},
        ],
    }
    refused = {
        "file_operation": [
            ("read", "type"),
            ({"path": "app.py"}, "required"),
            ({"operation": "read"}, "required"),
            (READ | {"operation": "rename"}, "enum"),
            (READ | {"path": ""}, "minLength"),
            (READ | {"path": "x" * 4097}, "maxLength"),
            (READ | {"lines_added": -1}, "minimum"),
            (READ | {"lines_removed": 0.5}, "type"),
            (READ | {"bytes": 2**53}, "integer_range"),
        ],
    }
