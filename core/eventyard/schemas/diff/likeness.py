"""Whether two schemas say the same, word for word, annotations and the detour of references left aside."""

from collections.abc import Iterable
from typing import Any, Final

import orjson

from eventyard.schemas.references import Location, References
from eventyard.schemas.subschemas import Path, children

__all__ = ["are_alike", "say_alike"]

# Keywords that refuse no value. (``contentEncoding`` and the like are annotations in draft 2020-12.)
_ANNOTATIONS: Final = frozenset(
    {
        *("$comment", "$defs", "$id", "$schema"),
        *("contentEncoding", "contentMediaType", "contentSchema"),
        *("default", "deprecated", "description", "examples", "readOnly", "title", "writeOnly"),
    }
)
_UNORDERED: Final = frozenset({"enum", "required", "type"})


def say_alike(one: Location, other: Location, words: Iterable[str], references: References, others: References) -> bool:
    """Whether ``one`` and ``other`` say the same in the keywords ``words``; see :func:`are_alike`."""
    for word in words:
        if (word in one.keywords) is not (word in other.keywords):
            return False
        inner, inner_others = (
            {step: child for step, child in known.children(each) if step[0] == word}
            for each, known in ((one, references), (other, others))
        )
        if inner.keys() != inner_others.keys():
            return False
        if not inner and one.keywords.get(word) != other.keywords.get(word):
            return False
        if not all(are_alike(child, inner_others[step], references, others) for step, child in inner.items()):
            return False
    return True


def are_alike(one: Location, other: Location, references: References, others: References) -> bool:
    """Whether ``one``, of the document of ``references``, says what ``other``, of that of ``others``, says.

    Where it cannot tell, it says no.
    """
    waiting = [(one, other)]
    seen = set(waiting)
    while waiting:
        first, second = (
            _at_target(each, known) for each, known in zip(waiting.pop(), (references, others), strict=True)
        )
        if _own_words(first.schema) != _own_words(second.schema):
            return False
        inner = dict(_inner(first, references))
        inner_others = dict(_inner(second, others))
        if inner.keys() != inner_others.keys():
            return False
        for step, child in inner.items():
            pair = child, inner_others[step]
            if pair not in seen:
                seen.add(pair)
                waiting.append(pair)
    return True


def _at_target(location: Location, references: References) -> Location:
    """Where a schema leads that is nothing but a reference."""
    seen = {location}
    while set(_words(location.schema)) == {"$ref"}:
        target = references.target(location)
        if target is None or target in seen:
            break
        seen.add(target)
        location = target
    return location


def _words(schema: Any) -> dict[str, Any]:
    if not isinstance(schema, dict):
        return {}
    return {word: value for word, value in schema.items() if word not in _ANNOTATIONS and not word.startswith("x-")}


def _inner(location: Location, references: References) -> list[tuple[Path, Location]]:
    found = [(step, child) for step, child in references.children(location) if step[0] != "$defs"]
    target = references.target(location)
    return found if target is None else [*found, (("$ref",), target)]


def _own_words(schema: Any) -> bytes:
    """What it says itself, inner schemas and references left out."""
    if not isinstance(schema, dict):
        return orjson.dumps(schema)
    with_schemas = {step[0] for step, _ in children(schema)}
    words = {
        word: sorted(map(_text, value)) if word in _UNORDERED and isinstance(value, list) else value
        for word, value in _words(schema).items()
        if word not in with_schemas and word != "$ref"
    }
    return _text(words).encode()


def _text(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
