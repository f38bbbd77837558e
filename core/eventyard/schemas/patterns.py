r"""Regular expressions that mean the same to Python's ``re`` and to Rust's linear-time engine.

The common ground: literals; ``.`` (all but a line feed) and classes; groups ``(…)`` and ``(?:…)``; ``|`` within a
group; ``* + ? {m} {m,} {m,n}``, also lazy; ``\`` before punctuation, ``\n \r \t \f`` and ``\uXXXX``. A pattern begins
with ``^`` and ends with ``$``; there are no other anchors, so it describes the whole text. ECMA-262 with its flag
``u`` reads such a pattern the same way, but for ``.``, which leaves out three more line ends there.
"""

import re
from functools import lru_cache
from itertools import islice
from typing import Final, Protocol

from eventyard.schemas.linear_matcher import MAX_STATES, LinearMatcher
from eventyard.schemas.pattern_language import MAX_DEPTH, MAX_PLACES, Language

__all__ = ["Matcher", "compile_pattern", "language_of", "pattern_objection"]

_ESCAPE: Final = r"\\[\^$.|?*+()\[\]{}/\\]|\\[nrtf]|\\u(?![dD][89a-fA-F])[0-9A-Fa-f]{4}"
# Doubled, these are set operations in one engine or another, or will be; so is a bare [.
_MEMBER: Final = rf"(?:{_ESCAPE}|\\-|(?!&&|~~|\|\|)[^\\\[\]-])"
_CLASS: Final = rf"\[\^?(?:-?(?:{_MEMBER}-{_MEMBER}|{_MEMBER})+-?|-)\]"
_TOKEN: Final = re.compile(
    rf"(?P<atom>{_ESCAPE}|{_CLASS}|[^\\^$|?*+()\[\]{{}}])|(?P<open>\((?:\?:|(?!\?)))|(?P<close>\))|(?P<or>\|)"
    r"|(?P<repeat>(?:[*+?]|\{[0-9]{1,4}(?:,[0-9]{0,4})?\})\??)"
)


class Matcher(Protocol):
    """A compiled pattern."""

    def search(self, text: str, /) -> object:
        """Something true when the pattern describes ``text``."""


@lru_cache(maxsize=1024)
def pattern_objection(pattern: str) -> str | None:
    """Why ``pattern`` is outside the common ground, as a clause for people; ``None`` when it is not."""
    if objection := _grammar_objection(pattern):
        return objection
    try:
        _compile(pattern)
    except re.error as error:
        return str(error)
    language = Language(pattern)
    if language.places > MAX_PLACES:
        return f"with all repetitions counted, it describes more than {MAX_PLACES} characters"
    if len(list(islice(language.states(), MAX_STATES + 1))) > MAX_STATES and language.is_ambiguous():
        return f"it can be read in several ways, and describes more than {MAX_STATES} characters"
    return None


@lru_cache(maxsize=1024)
def compile_pattern(pattern: str) -> Matcher:
    r"""Compile ``pattern`` for Python: ASCII classes, and a final ``$`` that does not match before a line end.

    A portable pattern takes time linear in the text; others may backtrack.

    Raises:
        re.error: It is no regular expression.
    """
    compiled = _compile(pattern)
    if (language := language_of(pattern)) is not None and language.is_ambiguous():
        return LinearMatcher(language)
    return compiled


@lru_cache(maxsize=256)
def language_of(pattern: str) -> Language | None:
    """The texts that ``pattern`` describes; ``None`` when it is not portable."""
    return Language(pattern) if pattern_objection(pattern) is None else None


def _grammar_objection(pattern: str) -> str | None:
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
        if depth > MAX_DEPTH:
            return f"at character {position + 1} groups are nested more than {MAX_DEPTH} deep"
        repeatable = bool(token["atom"] or token["close"])
        position = token.end()
    return "a group is not closed" if depth else None


def _compile(pattern: str) -> re.Pattern[str]:
    if pattern.endswith("$") and not _escaped_end(pattern):
        pattern = pattern[:-1] + r"\Z"
    return re.compile(pattern, re.ASCII)


def _escaped_end(pattern: str) -> bool:
    before = pattern[:-1]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1
