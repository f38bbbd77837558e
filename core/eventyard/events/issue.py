"""One reason why an event was refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

__all__ = ["Issue"]


@dataclass(frozen=True, slots=True)
class Issue:
    """One reason why an event was refused.

    The text is Eventyard's own and never repeats the payload: a refused event may hold a secret, and its issues are
    shown on ``/errors``, logged and sent back.

    Attributes:
        keyword: The rule that was broken: a JSON Schema keyword (``required``, ``maxLength``, …), or the name of a
            rule of ours or of a plugin (``unknown_type``, ``too_deep``, …).
        pointer: JSON pointer (RFC 6901) into the event; the empty string is the event itself.
        message: What was expected, in a plain sentence.
        limit: The value of the keyword (``64`` for ``maxLength: 64``), or ``None`` where it has none.
        owner: Whose rule it is, as ``distribution version``; ``None`` for the core's own rules.
    """

    keyword: str
    pointer: str
    message: str
    limit: object = None
    owner: str | None = None

    def to_json(self) -> dict[str, object]:
        """The issue as a JSON object; members without a value are left out."""
        body: dict[str, object] = {"keyword": self.keyword, "pointer": self.pointer, "message": self.message}
        if self.limit is not None:
            body["limit"] = self.limit
        if self.owner is not None:
            body["owner"] = self.owner
        return body

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """The issue that a JSON object tells; members that we do not know are left alone.

        Raises:
            KeyError: A member is missing.
        """
        return cls(body["keyword"], body["pointer"], body["message"], body.get("limit"), body.get("owner"))
