r"""Regular expressions that mean the same to Python's ``re`` and to Rust's linear-time engine.

The common ground: literals; ``.`` (all but a line feed) and classes; groups ``(…)`` and ``(?:…)``; ``|`` within a
group; ``* + ? {m} {m,} {m,n}``, also lazy; ``\`` before punctuation, ``\n \r \t \f`` and ``\uXXXX``. A pattern begins
with ``^`` and ends with ``$``; there are no other anchors, so it describes the whole text. ECMA-262 with its flag
``u`` reads such a pattern the same way, but for ``.``, which leaves out three more line ends there.
"""

import re
from functools import lru_cache
from typing import Final

__all__ = ["compile_pattern", "pattern_objection"]

_ESCAPE: Final = r"\\[\^$.|?*+()\[\]{}/\\]|\\[nrtf]|\\u(?![dD][89a-fA-F])[0-9A-Fa-f]{4}"
# Doubled, these are set operations in one engine or another, or will be; so is a bare [.
_MEMBER: Final = rf"(?:{_ESCAPE}|\\-|(?!&&|~~|\|\|)[^\\\[\]-])"
_CLASS: Final = rf"\[\^?(?:-?(?:{_MEMBER}-{_MEMBER}|{_MEMBER})+-?|-)\]"
_TOKEN: Final = re.compile(
    rf"(?P<atom>{_ESCAPE}|{_CLASS}|[^\\^$|?*+()\[\]{{}}])|(?P<open>\((?:\?:|(?!\?)))|(?P<close>\))|(?P<or>\|)"
    r"|(?P<repeat>(?:[*+?]|\{[0-9]{1,4}(?:,[0-9]{0,4})?\})\??)"
)


def pattern_objection(pattern: str) -> str | None:
    """Why ``pattern`` is outside the common ground, as a clause for people; ``None`` when it is not."""
    if len(pattern) < 2 or not pattern.startswith("^") or not pattern.endswith("$") or _escaped_end(pattern):
        return "a pattern begins with ^ and ends with $"
    position, end = 1, len(pattern) - 1
    depth, repeatable = 0, False
    while position < end:
        token = _TOKEN.match(pattern, position, end)
        if token is None:
            return f"{pattern[position : position + 4]!r} at character {position + 1} is not portable"
        if token["or"] and not depth:
            return f"the alternatives at character {position + 1} need a group, as in ^(?:a|b)$"
        if token["repeat"] and not repeatable:
            return f"{token['repeat']!r} at character {position + 1} has nothing to repeat"
        if token["close"] and not depth:
            return f"the ) at character {position + 1} closes no group"
        depth += bool(token["open"]) - bool(token["close"])
        repeatable = bool(token["atom"] or token["close"])
        position = token.end()
    if depth:
        return "a group is not closed"
    try:
        compile_pattern(pattern)
    except re.error as error:
        return str(error)
    return None


@lru_cache(maxsize=1024)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    r"""Compile ``pattern`` for Python: ASCII classes, and a final ``$`` that does not match before a line end.

    Raises:
        re.error: It is no regular expression.
    """
    if pattern.endswith("$") and not _escaped_end(pattern):
        pattern = pattern[:-1] + r"\Z"
    return re.compile(pattern, re.ASCII)


def _escaped_end(pattern: str) -> bool:
    before = pattern[:-1]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1
