"""One dead letter: an event, or a foreign body, that could not be accepted."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self

import orjson

from eventyard.events import Issue

__all__ = ["DeadLetter"]

# Objects of Python that are no JSON must not turn into JSON on the way: the letter would say something else.
_JSON_ALONE: Final = (
    orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """An event, or a foreign body, that could not be accepted.

    Attributes:
        number: Its place among the dead letters, from 1; 0 until a store has given it one.
        time: When it was refused, RFC 3339.
        intake: How it came in: ``http``, ``socket.io``, ``server``, or the source of a foreign body.
        type: The event type that it names, as far as that can be told.
        is_foreign: Whether it is a foreign body, which has to be decoded, and not an event.
        body: What was sent.
        is_json: Whether ``body`` is JSON that any program can read; else it is the text as it came, or the nearest
            text to a value that cannot be written as JSON.
        headers: The headers that came with a foreign body, as far as they are kept, as a JSON object.
        issues: Why it was refused, as a JSON array.
        retries: How often it was tried again, and refused again.
        retried: When that was the last time.
    """

    number: int = 0
    time: str
    intake: str
    type: str | None
    is_foreign: bool
    body: bytes
    is_json: bool
    headers: bytes
    issues: bytes
    retries: int = 0
    retried: str | None = None

    @classmethod
    def refused(
        cls,
        value: Any,
        issues: Sequence[Issue],
        *,
        time: str,
        intake: str,
        type: str | None,  # noqa: A002 - the name of the CloudEvents attribute
        headers: Mapping[str, str] | None = None,
    ) -> Self:
        """The letter of what was refused just now.

        Args:
            value: What was sent: a JSON value, or bytes from which none can be read.
            issues: Why it was refused.
            time: When.
            intake: How it came in.
            type: The event type that it names.
            headers: Of a foreign body, the headers that are kept with it; ``None`` for an event.
        """
        body, is_json = _encoded(value)
        return cls(
            time=time,
            intake=intake,
            type=type,
            is_foreign=headers is not None,
            body=body,
            is_json=is_json,
            headers=orjson.dumps(headers or {}),
            issues=_encoded_issues(issues),
        )

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return len(self.body) + len(self.headers) + len(self.issues)

    def refused_again(self, issues: Sequence[Issue], now: str) -> Self:
        """The letter after a retry at the time ``now``, which ``issues`` speak against."""
        return replace(self, issues=_encoded_issues(issues), retries=self.retries + 1, retried=now)

    def to_json(self) -> dict[str, object]:
        """The letter for orjson, with what was sent: ``body`` as JSON, or else ``text``; the other is ``None``."""
        return {
            "number": self.number,
            "time": self.time,
            "intake": self.intake,
            "type": self.type,
            "foreign": self.is_foreign,
            "body": orjson.Fragment(self.body) if self.is_json else None,
            "text": None if self.is_json else self.body.decode("utf-8", "replace"),
            "headers": orjson.Fragment(self.headers),
            "issues": orjson.Fragment(self.issues),
            "retries": self.retries,
            "retried": self.retried,
        }


def _encoded(value: Any) -> tuple[bytes, bool]:
    """``value`` as bytes, and whether they are JSON that any program can read.

    They are not when it is nested too deep, or has numbers beyond 64 bits, half surrogate pairs, or objects that are
    no JSON at all. They are empty when nothing can be written.
    """
    if isinstance(value, bytes):
        return value, False
    try:
        return orjson.dumps(value, option=_JSON_ALONE), True
    except TypeError:
        pass
    try:
        return json.dumps(value, default=repr).encode(), False
    except (RecursionError, TypeError, ValueError):
        return b"", False


def _encoded_issues(issues: Sequence[Issue]) -> bytes:
    """``issues`` as a JSON array; what a plugin's issue holds that is no JSON, in words."""
    values = [issue.to_json() for issue in issues]
    try:
        return orjson.dumps(values, default=repr)
    except TypeError:
        return json.dumps(values, default=repr, ensure_ascii=False).encode("utf-8", "replace")
