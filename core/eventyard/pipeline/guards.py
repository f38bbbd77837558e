"""What is asked of JSON before any schema sees it: that it is JSON, and of a shape that is safe to work with.

Three things that parsers let pass are kept out, because programs differ in what they make of them: whole numbers beyond
±(2^53 - 1) (RFC 8259 §6; orjson turns those beyond 64 bits into floats), NaN and infinities, lone surrogates. Depth and
size are bounded, because checking, comparing and showing a value costs time and stack.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from math import inf, isfinite
from typing import Any, Final

from eventyard.events import Issue
from eventyard.schemas.pointer import json_pointer
from eventyard.schemas.violations import MAX_ISSUES

__all__ = ["MOST_EXACT", "Limits", "check", "guard", "is_plain"]

#: The largest whole number that programs agree on.
MOST_EXACT: Final = 2**53 - 1


#: A longer text may make an event too large.
_SHORT: Final = 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one JSON value.

    Attributes:
        max_depth: How deep objects and arrays may be nested: 1 for ``{}``, 2 for ``{"data": {}}``; at most 500.
        max_nodes: How many values it may consist of, all objects, arrays, strings, numbers, … counted.
    """

    max_depth: int = 64
    max_nodes: int = 100_000


def guard(value: Any, limits: Limits) -> list[Issue]:
    """What speaks against a value that was parsed elsewhere, or made by a plugin; empty when nothing does.

    At most 100 issues, with the keywords ``too_many_nodes``, ``too_deep``, ``integer_range``, ``not_finite``,
    ``surrogate`` and ``not_json``.
    """
    if _is_sound(value, limits):
        return []
    return list(islice(_issues(value, limits), MAX_ISSUES))


def check(value: Any, limits: Limits, objection: str) -> None:
    """See that :func:`guard` has nothing against what a plugin has made.

    Raises:
        ValueError: It has; the message is the ``objection`` with what speaks against it.
    """
    if issues := guard(value, limits):
        message = f"{objection}: {'; '.join(f'{issue.pointer}: {issue.message}' for issue in issues)}"
        raise ValueError(message)


def is_plain(members: Mapping[Any, Any]) -> bool:
    """Whether ``members`` are few words for sure: nothing in it has members of its own, or is more than short ASCII.

    Then :func:`guard` has nothing against them. This is what plugins mostly add, and a quarter of what guarding takes.
    """
    for name, value in members.items():
        if type(name) is not str or not name.isascii():
            return False
        kind = type(value)
        if kind is str:
            if len(value) > _SHORT or not value.isascii():
                return False
        elif kind is float:
            if not -inf < value < inf:
                return False
        elif kind is int:
            if not -MOST_EXACT <= value <= MOST_EXACT:
                return False
        elif value is not None and kind is not bool:
            return False
    return True


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
                if not -MOST_EXACT <= each <= MOST_EXACT:
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
        if not -MOST_EXACT <= value <= MOST_EXACT:
            text = "expected a whole number within ±(2^53 - 1); send longer ones as text"
            yield Issue("integer_range", pointer, text, MOST_EXACT)
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
