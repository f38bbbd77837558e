"""Broken rules in the one form that both engines give them, and the issues made from them."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import orjson

from eventyard.events import Issue
from eventyard.schemas.pointer import json_pointer
from eventyard.schemas.wording import issue_text

__all__ = ["MAX_ISSUES", "Violation", "to_issues"]

#: How many issues of one value are told; one more says how many there are beyond.
MAX_ISSUES: Final = 100


class Violation(NamedTuple):
    """One rule broken in one place.

    ``required`` and ``dependentRequired`` stand once for each missing member, with its name as the limit. A member
    that ``additionalProperties`` or ``propertyNames`` refuses is what the path leads to; so is a value under the
    schema ``false``, whose keyword is ``false``. ``type`` has a name or a sorted list of names. What fails within
    ``anyOf``, ``oneOf``, ``not`` or ``contains`` (with ``minContains`` and ``maxContains``) is told as that keyword,
    without a limit; what fails within ``allOf``, ``then``, ``else``, ``dependentSchemas`` or a reference, as itself.

    Attributes:
        path: Member names and indexes that lead to the place.
        keyword: The JSON Schema keyword, or a rule of the engine's own.
        limit: What the schema says in it.
    """

    path: tuple[str | int, ...]
    keyword: str
    limit: Any = None


def to_issues(violations: Iterable[Violation], prefix: str) -> list[Issue]:
    """The issues, without repetitions, in the order of their places.

    Args:
        violations: In any order.
        prefix: JSON pointer to the value that was checked.
    """
    issues: dict[tuple[str, str, bytes], Issue] = {}
    for violation in sorted(violations, key=_order):
        path, keyword, limit = violation
        pointer = json_pointer(path, prefix)
        identity = pointer, keyword, _canonical(limit)
        if identity not in issues:
            issues[identity] = Issue(keyword, pointer, issue_text(keyword, limit), limit)
    told = list(issues.values())
    if len(told) > MAX_ISSUES:
        text = f"{len(told) - MAX_ISSUES} further issues are not told"
        told[MAX_ISSUES:] = [Issue("too_many_issues", prefix, text, MAX_ISSUES)]
    return told


def _order(violation: Violation) -> tuple[list[tuple[bool, str | int]], str, bytes]:
    path, keyword, limit = violation
    return [(isinstance(step, str), step) for step in path], keyword, _canonical(limit)


def _canonical(limit: object) -> bytes:
    return orjson.dumps(limit, option=orjson.OPT_SORT_KEYS)
