"""The plugin's own table of settings."""

from typing import Any, Final

__all__ = ["DEFAULTS", "SCHEMA"]

#: JSON Schema of the table ``plugin.session``.
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "session_limit": {
            "title": "Sessions",
            "description": "How many sessions that have not ended are kept as state.",
            "type": "integer",
            "minimum": 1,
            "maximum": 100_000,
            "default": 500,
        },
        "ended_limit": {
            "title": "Ended sessions",
            "description": "How many sessions that have ended are kept as state.",
            "type": "integer",
            "minimum": 0,
            "maximum": 100_000,
            "default": 100,
        },
        "text_length": {
            "title": "Text length",
            "description": "How many characters of a prompt, a title or a reason are kept as state.",
            "type": "integer",
            "minimum": 1,
            "maximum": 10_000,
            "default": 200,
        },
        "question_tools": {
            "title": "Question tools",
            "description": "Names of the tools with which an agent asks its user a question.",
            "type": "array",
            "items": {"type": "string", "minLength": 1, "maxLength": 256},
            "maxItems": 100,
            "default": ["AskUserQuestion"],
        },
    },
}

DEFAULTS: Final[dict[str, Any]] = {name: rule["default"] for name, rule in SCHEMA["properties"].items()}
