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

# The issues of values that an encoder would turn into others: bytes, tuples, NaN, names that are no texts.
_FOREIGN_TO_JSON: Final = frozenset({"not_finite", "not_json"})

# Before what is no JSON, lest its text can be read as JSON by chance.
_NO_JSON: Final = "no JSON:"


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
        is_foreign_to_json = any(issue.keyword in _FOREIGN_TO_JSON for issue in issues)
        body, is_json = (_in_words(value), False) if is_foreign_to_json else _encoded(value)
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
    no JSON at all; with such objects, they are no JSON either, so that a retry makes no event that nobody sent. They
    are empty when nothing can be written.
    """
    if isinstance(value, bytes):
        return value, False
    try:
        return orjson.dumps(value, option=_JSON_ALONE), True
    except TypeError:
        pass
    try:
        return json.dumps(value, default=_refuse).encode(), False
    except (RecursionError, ValueError):
        return b"", False
    except TypeError:
        return _in_words(value), False


def _refuse(value: object) -> object:
    raise TypeError(type(value).__name__)


def _in_words(value: Any) -> bytes:
    """The nearest text to ``value``, which has objects that are no JSON."""
    try:
        return f"{_NO_JSON} {value!r}".encode("utf-8", "backslashreplace")
    except Exception:  # noqa: BLE001 - how an object describes itself is its own code
        return b""


def _encoded_issues(issues: Sequence[Issue]) -> bytes:
    """``issues`` as a JSON array; what a plugin's issue holds that is no JSON, in words."""
    values = [issue.to_json() for issue in issues]
    try:
        return orjson.dumps(values, default=repr)
    except TypeError:
        return json.dumps(values, default=repr, ensure_ascii=False).encode("utf-8", "replace")
