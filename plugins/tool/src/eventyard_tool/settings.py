"""The plugin's own table of settings."""

from typing import Any, Final

__all__ = ["DEFAULTS", "SCHEMA"]

#: JSON Schema of the table ``plugin.tool``.
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "running_limit": {
            "title": "Running calls",
            "description": "How many running calls are kept as state; one more, and the oldest is given up as lost.",
            "type": "integer",
            "minimum": 1,
            "maximum": 100_000,
            "default": 500,
        },
        "recent_limit": {
            "title": "Finished calls",
            "description": "How many finished calls are kept as state.",
            "type": "integer",
            "minimum": 1,
            "maximum": 100_000,
            "default": 100,
        },
        "lost_after": {
            "title": "Lost after",
            "description": "Seconds, by the times of events, after which a running call is given up as lost.",
            "type": "number",
            "minimum": 1,
            "maximum": 31_536_000,
            "default": 14_400,
        },
        "remembered_starts": {
            "title": "Remembered starts",
            "description": "How many starts are remembered, to enrich the stops that come later.",
            "type": "integer",
            "minimum": 1,
            "maximum": 1_000_000,
            "default": 10_000,
        },
    },
}

DEFAULTS: Final[dict[str, Any]] = {name: rule["default"] for name, rule in SCHEMA["properties"].items()}
