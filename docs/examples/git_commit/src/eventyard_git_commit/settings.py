"""The plugin's own table of settings."""

from typing import Any, Final

__all__ = ["DEFAULTS", "SCHEMA"]

#: JSON Schema of the table ``plugin.git_commit``.
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "repository_limit": {
            "title": "Repositories",
            "description": "How many repositories are kept as state; the one committed to longest ago makes room.",
            "type": "integer",
            "minimum": 1,
            "maximum": 10_000,
            "default": 100,
        },
        "recent_limit": {
            "title": "Recent commits",
            "description": "How many commits of each repository are kept as state.",
            "type": "integer",
            "minimum": 1,
            "maximum": 1_000,
            "default": 10,
        },
        "attribution_window": {
            "title": "Attribution window",
            "description": "For how many seconds after an agent called git somewhere a commit there is its commit.",
            "type": "number",
            "minimum": 0,
            "maximum": 86_400,
            "default": 120,
        },
    },
}

DEFAULTS: Final[dict[str, Any]] = {name: rule["default"] for name, rule in SCHEMA["properties"].items()}
