"""The plugin's own table of settings."""

from typing import Any, Final

__all__ = ["DEFAULTS", "SCHEMA"]

#: JSON Schema of the table ``plugin.error``.
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "error_limit": {
            "title": "Errors",
            "description": "How many unresolved errors are kept as state, where equal ones count as one.",
            "type": "integer",
            "minimum": 1,
            "maximum": 100_000,
            "default": 1000,
        },
        "text_length": {
            "title": "Text length",
            "description": "How many characters of a message are kept as state.",
            "type": "integer",
            "minimum": 1,
            "maximum": 10_000,
            "default": 500,
        },
    },
}

DEFAULTS: Final[dict[str, Any]] = {name: rule["default"] for name, rule in SCHEMA["properties"].items()}
