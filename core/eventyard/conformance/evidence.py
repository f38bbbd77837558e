"""What the author of a plugin says of it besides, so that it can be looked at more closely."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Evidence"]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What the author of a plugin says of it besides, so that it can be looked at more closely.

    Attributes:
        accepted: For each event type, ``data`` that is accepted, besides the examples of its schema.
        refused: For each event type, ``data`` that is refused, each with the keyword of the one rule that it breaks: a
            keyword of the schema, or of an :class:`eventyard.Issue` of the plugin.
        bodies: For each source that the plugin decodes, foreign bodies whose events are accepted.
        attributes: Attributes of the envelope that its events need, besides session, agent and correlationid.
        settings: The plugin's own settings; the defaults for what is left out.
        loop_bound: How long, in seconds, one call of the plugin may hold up the event loop.
        answer_bound: How long, in seconds, the answer to a client event may take.
    """

    accepted: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    refused: Mapping[str, Sequence[tuple[Any, str]]] = field(default_factory=dict)
    bodies: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    loop_bound: float = 0.1
    answer_bound: float = 5.0
