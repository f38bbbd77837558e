"""The plugin's own table of settings."""

from typing import Any, Final

__all__ = ["DEFAULTS", "SCHEMA"]

#: JSON Schema of the table ``plugin.file``.
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "file_limit": {
            "title": "Files",
            "description": "How many files are kept as state; the one that was touched longest ago makes room.",
            "type": "integer",
            "minimum": 1,
            "maximum": 100_000,
            "default": 500,
        },
    },
}

DEFAULTS: Final[dict[str, Any]] = {name: rule["default"] for name, rule in SCHEMA["properties"].items()}
