"""The plugin does what is demanded of every plugin; and what its schemas take and refuse."""

from eventyard.testing import PluginConformance
from eventyard_system import SystemPlugin

LIVE = {"client": "c1", "namespace": "/tools", "state": "live"}
BEAT = {"uptime_seconds": 60, "clients": 2, "events_accepted": 7}


class TestConformance(PluginConformance):
    plugin = SystemPlugin
    accepted = {"connection_status": [LIVE | {"previous": None}]}
    refused = {
        "connection_status": [
            ({"client": "c1", "namespace": "/tools"}, "required"),
            (LIVE | {"state": "asleep"}, "enum"),
            (LIVE | {"previous": "asleep"}, "enum"),
            (LIVE | {"client": ""}, "minLength"),
            (LIVE | {"address": None}, "type"),
        ],
        "heartbeat": [
            ({"uptime_seconds": 60, "clients": 2}, "required"),
            (BEAT | {"uptime_seconds": -1}, "minimum"),
            (BEAT | {"clients": 1.5}, "type"),
            (BEAT | {"clients": 2**53}, "integer_range"),
            (BEAT | {"status": "fine"}, "enum"),
            (BEAT | {"streams": {"tools": 1}}, "type"),
        ],
    }
