"""What is asked of JSON before any schema sees it: that it is JSON, and of a shape that is safe to work with.

Three things that parsers let pass are kept out, because programs differ in what they make of them: whole numbers beyond
±(2^53 - 1) (RFC 8259 §6; orjson turns those beyond 64 bits into floats), NaN and infinities, lone surrogates. Depth and
size are bounded, because checking, comparing and showing a value costs time and stack.
"""

import json
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from math import isfinite
from typing import Any, Final, NamedTuple

import orjson

from eventyard.errors import MalformedBody
from eventyard.events import Issue
from eventyard.schemas.pointer import json_pointer
from eventyard.schemas.violations import MAX_ISSUES

__all__ = ["Limits", "Reading", "Unreadable", "guard", "parse", "read"]

_MOST_EXACT: Final = 2**53 - 1

# Makes all digits 0 and all opening brackets {: then long numbers are found, and the depth bounded, in one search each.
_MARKS: Final = bytes.maketrans(b"123456789[", b"000000000{")
_LONG_NUMBER: Final = b"0" * len(str(_MOST_EXACT))

# What may stand before a number that is a value, and not part of a text or of another number.
_BEFORE_NUMBERS: Final = frozenset(b":,{- \t\r\n")

_TOO_DEEP: Final = "the body is nested too deep to be read"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one JSON value.

    Attributes:
        max_depth: How deep objects and arrays may be nested: 1 for ``{}``, 2 for ``{"data": {}}``; at most 500.
        max_nodes: How many values it may consist of, all objects, arrays, strings, numbers, … counted.
    """

    max_depth: int = 64
    max_nodes: int = 100_000


class Reading(NamedTuple):
    """A body as a JSON value.

    Attributes:
        value: The value, with whole numbers exact.
        guarded: Whether the bytes alone show that :func:`guard` has nothing against the value or any part of it.
    """

    value: Any
    guarded: bool


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What stands in the place of an event that cannot be read.

    Attributes:
        text: What was sent.
        reason: Why it is no JSON.
    """

    text: bytes
    reason: str


def read(body: bytes, limits: Limits) -> Reading:
    """Read JSON; costs about as much again as the parser alone, 1 to 2 µs for a kilobyte.

    Raises:
        MalformedBody: It is no JSON, or has NaN, an infinity or a lone surrogate. The text says where, and repeats
            nothing of the body.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise MalformedBody(_objection(body, error)) from None
    marks = body.translate(_MARKS)
    openings = marks.count(b"{")
    # Each value is the first one, or the first in its container, or follows a comma.
    small = len(body) <= limits.max_nodes or 1 + openings + body.count(b",") <= limits.max_nodes
    if not _may_have_long_number(marks):
        return Reading(value, small and (openings <= limits.max_depth or _is_shallow(value, limits.max_depth)))
    try:
        value = json.loads(body)
    except RecursionError:
        raise MalformedBody(_TOO_DEEP) from None
    return Reading(value, guarded=False)


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


def guard(value: Any, limits: Limits) -> list[Issue]:
    """What speaks against a value that was parsed elsewhere, or made by a plugin; empty when nothing does.

    At most 100 issues, with the keywords ``too_many_nodes``, ``too_deep``, ``integer_range``, ``not_finite``,
    ``surrogate`` and ``not_json``.
    """
    if _is_sound(value, limits):
        return []
    return list(islice(_issues(value, limits), MAX_ISSUES))


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


def _is_sound(value: Any, limits: Limits) -> bool:
    """Whether there is nothing to say; looks at each value once, level by level."""
    nodes = depth = 0
    level = [value]
    while level:
        nodes += len(level)
        if nodes > limits.max_nodes:
            return False
        inner: list[Any] = []
        containers = False
        for each in level:
            kind = type(each)
            if kind is str:
                if not _is_unicode(each):
                    return False
            elif kind is dict:
                containers = True
                for name in each:
                    if type(name) is not str or not _is_unicode(name):
                        return False
                inner += each.values()
            elif kind is list:
                containers = True
                inner += each
            elif kind is int:
                if not -_MOST_EXACT <= each <= _MOST_EXACT:
                    return False
            elif kind is float:
                if not isfinite(each):
                    return False
            elif each is not None and kind is not bool:
                return False
        if containers and depth == limits.max_depth:
            return False
        depth += 1
        level = inner
    return True


def _issues(value: Any, limits: Limits) -> Iterator[Issue]:
    if _has_too_many_nodes(value, limits):
        text = f"expected at most {limits.max_nodes} values, all objects, arrays and their items counted"
        yield Issue("too_many_nodes", "", text, limits.max_nodes)
    else:
        yield from _walk(value, (), limits.max_depth)


def _has_too_many_nodes(value: Any, limits: Limits) -> bool:
    """Whether there are too many nodes, those that lie too deep not counted: a value may contain itself."""
    nodes, level = 0, [value]
    for _ in range(limits.max_depth + 1):
        nodes += len(level)
        if not level or nodes > limits.max_nodes:
            break
        level = [inner for each in level for inner in _members(each)]
    return nodes > limits.max_nodes


def _members(value: Any) -> Iterable[Any]:
    if type(value) is dict:
        return value.values()
    return value if type(value) is list else ()


def _walk(value: Any, path: tuple[str | int, ...], depth_left: int) -> Iterator[Issue]:
    pointer = json_pointer(path)
    kind = type(value)
    if kind in {dict, list} and not depth_left:
        yield Issue("too_deep", pointer, "objects and arrays are nested too deep here", len(path))
    elif kind is dict:
        for name, each in value.items():
            if type(name) is not str:
                yield Issue("not_json", pointer, f"a member's name is of type {type(name).__name__}, expected str")
            elif not _is_unicode(name):
                yield Issue("surrogate", pointer, "a member's name has half a surrogate pair")
            else:
                yield from _walk(each, (*path, name), depth_left - 1)
    elif kind is list:
        for index, each in enumerate(value):
            yield from _walk(each, (*path, index), depth_left - 1)
    elif kind is str:
        if not _is_unicode(value):
            yield Issue("surrogate", pointer, "the text has half a surrogate pair")
    elif kind is int:
        if not -_MOST_EXACT <= value <= _MOST_EXACT:
            text = "expected a whole number within ±(2^53 - 1); send longer ones as text"
            yield Issue("integer_range", pointer, text, _MOST_EXACT)
    elif kind is float:
        if not isfinite(value):
            yield Issue("not_finite", pointer, "expected a finite number")
    elif value is not None and kind is not bool:
        yield Issue("not_json", pointer, f"a value of type {kind.__name__} is no JSON")


def _is_unicode(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _objection(body: bytes, error: orjson.JSONDecodeError) -> str:
    """Why ``body`` is no JSON, and where; in words of our own, since others may quote it."""
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
        reason = "something unexpected"
    return f"the body is no JSON: {reason} at line {error.lineno}, column {error.colno}"
