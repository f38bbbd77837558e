"""The plugin's own table of settings."""

from typing import Any, Final

__all__ = ["DEFAULTS", "SCHEMA"]

#: JSON Schema of the table ``plugin.agent``.
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "agent_limit": {
            "title": "Agents",
            "description": "How many subagents are kept as state; finished ones make room first.",
            "type": "integer",
            "minimum": 1,
            "maximum": 100_000,
            "default": 500,
        },
        "lost_after": {
            "title": "Lost after",
            "description": "Seconds, by the times of events, after which a running subagent is given up as lost.",
            "type": "number",
            "minimum": 1,
            "maximum": 31_536_000,
            "default": 86_400,
        },
    },
}

DEFAULTS: Final[dict[str, Any]] = {name: rule["default"] for name, rule in SCHEMA["properties"].items()}
