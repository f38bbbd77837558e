"""The presets of the specification's three environments ("Environment-Specific Configuration")."""

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["PRESETS"]

#: What ``--env`` and ``SOCKETIO_ENV`` choose from: settings by name.
PRESETS: Final[Mapping[str, Mapping[str, Any]]] = {
    "development": {
        "host": "localhost",
        "port": 8765,
        "debug": True,
        "log_level": "DEBUG",
        "cors_origins": "*",
        "heartbeat_interval": 30,
    },
    "production": {
        "host": "0.0.0.0",  # noqa: S104 - the specification's value; the server refuses it without a token
        "port": 8765,
        "debug": False,
        "log_level": "INFO",
        "cors_origins": ["https://dashboard.example.com"],
        "heartbeat_interval": 60,
    },
    "testing": {
        "host": "localhost",
        "port": 8766,
        "debug": False,
        "log_level": "ERROR",
        "cors_origins": ["http://localhost:3000"],
        "heartbeat_interval": 10,
    },
}
