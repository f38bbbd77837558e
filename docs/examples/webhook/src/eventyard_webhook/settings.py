"""The plugin's own table of settings."""

from typing import Any, Final

__all__ = ["SCHEMA"]

_ENDPOINT: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["url"],
    "properties": {
        "url": {
            "title": "URL",
            "description": "Where events are posted to.",
            "type": "string",
            "format": "uri",
            "pattern": "^https?://[^/?#]+([/?].*)?$",
            "maxLength": 4096,
        },
        "types": {
            "title": "Types",
            "description": 'Names of the event types that are posted; "*" stands for all.',
            "type": "array",
            "items": {"type": "string", "minLength": 1, "maxLength": 128},
            "minItems": 1,
            "maxItems": 1000,
            "default": ["error"],
        },
        "secret": {
            "title": "Secret",
            "description": "What messages are signed with: whsec_ and 24 to 64 bytes in Base64.",
            "type": "string",
            "pattern": "^whsec_[A-Za-z0-9+/]{32,86}={0,2}$",
            "maxLength": 96,
        },
    },
}

_RETRY: Final[dict[str, Any]] = {
    "title": "Retry",
    "description": "How often and when an event is posted again that was not taken.",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "attempts": {
            "title": "Attempts",
            "description": "How often an event is posted at most.",
            "type": "integer",
            "minimum": 1,
            "maximum": 100,
            "default": 8,
        },
        "first_delay": {
            "title": "First delay",
            "description": "Seconds at most before the second attempt; it doubles from attempt to attempt.",
            "type": "number",
            "minimum": 0.001,
            "maximum": 3600,
            "default": 1,
        },
        "longest_delay": {
            "title": "Longest delay",
            "description": "Seconds at most between two attempts, also when the receiver asks for more.",
            "type": "number",
            "minimum": 0.001,
            "maximum": 3600,
            "default": 60,
        },
    },
}

#: JSON Schema of the table ``plugin.webhook``.
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "endpoints": {
            "title": "Endpoints",
            "description": "Where events are posted to; each endpoint has its own queue.",
            "type": "array",
            "items": _ENDPOINT,
            "maxItems": 100,
            "default": [],
        },
        "retry": _RETRY,
        "timeout": {
            "title": "Timeout",
            "description": "Seconds that a receiver may take to answer.",
            "type": "number",
            "minimum": 0.001,
            "maximum": 300,
            "default": 10,
        },
        "queue_limit": {
            "title": "Queue limit",
            "description": "How many events may wait for one endpoint; what comes on top is dropped.",
            "type": "integer",
            "minimum": 1,
            "maximum": 100_000,
            "default": 1000,
        },
        "drain_seconds": {
            "title": "Drain seconds",
            "description": "Seconds in which what waits is posted when the server stops, one attempt each.",
            "type": "number",
            "minimum": 0,
            "maximum": 4,
            "default": 2,
        },
    },
}
