"""The plugin's own table of settings."""

from typing import Any, Final

__all__ = ["DEFAULTS", "SCHEMA"]

#: JSON Schema of the table ``plugin.system``.
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "connection_limit": {
            "title": "Connections",
            "description": "How many connections, one for each client and namespace, are kept as state.",
            "type": "integer",
            "minimum": 1,
            "maximum": 100_000,
            "default": 1000,
        },
    },
}

DEFAULTS: Final[dict[str, Any]] = {name: rule["default"] for name, rule in SCHEMA["properties"].items()}
