"""Reading JSON, and what its bytes alone tell: mostly that the guards need not look at it."""

import json
from codecs import BOM_UTF8
from dataclasses import dataclass
from typing import Any, Final

import orjson

from eventyard.errors import MalformedBody
from eventyard.pipeline.guards import MOST_EXACT, Limits, guard

__all__ = ["Loaded", "Unreadable", "load", "parse", "read"]

# Makes all digits 0 and all opening brackets {: then long numbers are found, and the depth bounded, in one search each.
_MARKS: Final = bytes.maketrans(b"123456789[", b"000000000{")
_LONG_NUMBER: Final = b"0" * len(str(MOST_EXACT))

# What may stand before a number that is a value, and not part of a text or of another number.
_BEFORE_NUMBERS: Final = frozenset(b":,{- \t\r\n")

_TOO_DEEP: Final = "the body is nested too deep to be read"


@dataclass(slots=True)
class Loaded:
    """A body as a JSON value, and what its bytes tell about it.

    Attributes:
        value: The value.
        body: The body.
        openings: How many containers it has at most; ``None`` when it may have whole numbers that are too long.
    """

    value: Any
    body: bytes
    openings: int | None

    def is_clear(self, limits: Limits) -> bool:
        """Whether this alone shows that :func:`guard` has nothing against the value or any part of it."""
        if self.openings is None:
            return False
        # Each value is the first one, or the first in its container, or follows a comma.
        few = len(self.body) <= limits.max_nodes or 1 + self.openings + self.body.count(b",") <= limits.max_nodes
        return few and (self.openings <= limits.max_depth or _is_shallow(self.value, limits.max_depth))


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What stands in the place of an event that cannot be read.

    Attributes:
        text: What was sent.
        reason: Why it is no JSON.
    """

    text: bytes
    reason: str


def load(body: bytes) -> Loaded:
    """Read JSON, with whole numbers exact.

    Raises:
        RecursionError: It is nested too deep to be read.
        ValueError: It is no JSON, or has NaN, an infinity or a lone surrogate.
    """
    value = orjson.loads(body)
    marks = body.translate(_MARKS)
    if _may_have_long_number(marks):
        # orjson turns those beyond 64 bits into floats.
        return Loaded(json.loads(body), body, None)
    return Loaded(value, body, marks.count(b"{"))


def read(body: bytes, limits: Limits, line: int = 1) -> tuple[Any, bool]:
    """Read JSON; costs about as much again as the parser alone, 1 to 2 µs for a kilobyte.

    Args:
        body: The text.
        limits: What the guards ask.
        line: The line at which the text begins, for what is told about it.

    Returns:
        The value, with whole numbers exact; and whether the bytes alone show that :func:`guard` has nothing against it
        or any part of it.

    Raises:
        MalformedBody: It is no JSON, or has NaN, an infinity or a lone surrogate. The text says where, and repeats
            nothing of the body.
    """
    try:
        loaded = load(body)
    except orjson.JSONDecodeError as error:
        raise MalformedBody(_objection(body, error, line)) from None
    except RecursionError:
        raise MalformedBody(_TOO_DEEP) from None
    return loaded.value, loaded.is_clear(limits)


def parse(body: bytes, limits: Limits) -> Any:
    """Read a body that is one JSON value within ``limits``.

    Raises:
        MalformedBody: It is no JSON, or :func:`guard` has something against it.
    """
    value, guarded = read(body, limits)
    if not guarded and (issues := guard(value, limits)):
        message = f"{issues[0].pointer or 'the body'}: {issues[0].message}"
        raise MalformedBody(message)
    return value


def _may_have_long_number(marks: bytes) -> bool:
    """Whether a long row of digits may be a number; most stand in texts, such as identifiers and times."""
    place = marks.find(_LONG_NUMBER)
    while place > 0 and marks[place - 1] not in _BEFORE_NUMBERS:
        place += len(_LONG_NUMBER)
        # The same row may go on: what follows a digit is no number of its own.
        while marks[place : place + 1] == b"0":
            place += 1
        place = marks.find(_LONG_NUMBER, place)
    return place >= 0


def _is_shallow(value: Any, most: int) -> bool:
    """Whether containers are nested at most ``most`` deep; looks only at them, so that a long list costs little."""
    level = [value]
    for _ in range(most):
        level = [
            inner
            for each in level
            for inner in (each.values() if type(each) is dict else each)
            if type(inner) is dict or type(inner) is list
        ]
        if not level:
            return True
    return False


def _objection(body: bytes, error: orjson.JSONDecodeError, line: int) -> str:
    """Why ``body`` is no JSON, and where; repeats nothing of it, and orjson's messages do neither."""
    if not body.strip():
        return "the body is empty, expected JSON"
    if body.startswith(BOM_UTF8):
        return "the body begins with a byte order mark, which JSON does not have (RFC 8259 §8.1)"
    try:
        text = body.decode()
    except UnicodeDecodeError as invalid:
        return f"the body is not UTF-8 at byte {invalid.start}"
    if "depth" in error.msg:
        return _TOO_DEEP
    if text.startswith(("NaN", "Infinity"), error.pos):
        reason = "NaN and Infinity are no JSON numbers"
    elif "surrogate" in error.msg:
        reason = "the text has half a surrogate pair"
    elif "infinity" in error.msg:
        reason = "the number is too large"
    else:
        reason = error.msg
    return f"the body is no JSON: {reason} at line {line + error.lineno - 1}, column {error.colno}"
