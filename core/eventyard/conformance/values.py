"""Values made of the examples of a schema: such as it should refuse, and such as it takes."""

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from eventyard.schemas.diff.conjunction import KINDS, Conjunction
from eventyard.schemas.diff.samples import edges
from eventyard.schemas.pattern_search import Search
from eventyard.schemas.pointer import json_pointer
from eventyard.schemas.references import References

__all__ = ["Spoilt", "demands_of", "spoilt", "variants"]

#: One value of each kind that JSON has.
_OF_KIND: Final[Mapping[str, Any]] = {
    "array": [],
    "boolean": True,
    "fraction": 0.5,
    "integer": 7,
    "null": None,
    "object": {},
    "string": "text",
}

#: The kinds that a keyword speaks of; it says nothing of values of other kinds (JSON Schema 2020-12, validation §6).
_SPEAKS_OF: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(("format", "maxLength", "minLength", "pattern"), frozenset({"string"})),
    **dict.fromkeys(
        ("exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"), frozenset({"fraction", "integer"})
    ),
    **dict.fromkeys(("items", "maxItems", "minItems", "prefixItems", "uniqueItems"), frozenset({"array"})),
    **dict.fromkeys(
        ("additionalProperties", "maxProperties", "minProperties", "patternProperties", "properties", "required"),
        frozenset({"object"}),
    ),
}

_NO_SUCH_VALUE: Final = "no such value"

#: How many items of an array are looked at, and how many values are tried in one place.
_MOST_ITEMS: Final = 3
_MOST_EDGES: Final = 200

#: How many steps of patterns may be looked at to make values of one schema.
_BUDGET: Final = 100_000

_Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A value that its schema is expected to refuse.

    Attributes:
        value: The value.
        pointer: Where it was spoilt.
        keyword: The keyword that is expected to refuse it: ``required``, ``type`` or ``enum``.
        change: What was done to it, for people.
    """

    value: Any
    pointer: str
    keyword: str
    change: str


def demands_of(schema: Mapping[str, Any], shared: Iterable[Mapping[str, Any]]) -> Conjunction:
    """All that ``schema``, which keeps to the profile, demands of a value."""
    references = References(schema, shared)
    return Conjunction.of(references, [references.root])


def spoilt(schema: Conjunction, example: Any) -> Iterator[Spoilt]:
    """``example`` without a required member, with a value of another kind, or with one that is not listed."""
    for path, demands, value in _places(schema, example):
        pointer = json_pointer(path)
        for name in sorted(demands.required) if isinstance(value, dict) else ():
            rest = {each: inner for each, inner in value.items() if each != name}
            yield Spoilt(_put(example, path, rest), pointer, "required", f"without {name!r}")
        if demands.values is not None and all(isinstance(each, str) for each in demands.values):
            yield Spoilt(_put(example, path, _NO_SUCH_VALUE), pointer, "enum", "with a value that is not listed")
        meant = _meant(demands)
        for kind in sorted(KINDS - meant) if meant else ():
            yield Spoilt(_put(example, path, _OF_KIND[kind]), pointer, "type", f"with a value of the kind {kind}")


def variants(schema: Conjunction, example: Any) -> Iterator[Any]:
    """``example``, changed in one place to what stands at the edge of what is allowed; not all of it satisfies it."""
    search = Search(_BUDGET)
    yield _pruned(schema, example)
    for path, demands, value in _places(schema, example):
        if isinstance(value, dict):
            for name in value:
                yield _put(example, path, {each: inner for each, inner in value.items() if each != name})
        for edge in islice(edges(demands, demands, value, search), _MOST_EDGES):
            yield _put(example, path, edge)


def _pruned(schema: Conjunction, value: Any) -> Any:
    """``value`` with nothing in it that is not required."""
    if not isinstance(value, dict):
        return value
    return {name: _pruned(schema.member(name), inner) for name, inner in value.items() if name in schema.required}


def _places(schema: Conjunction, value: Any, path: _Path = ()) -> Iterator[tuple[_Path, Conjunction, Any]]:
    """The value and all members and items in it, and the members that it could have, each with what is demanded."""
    yield path, schema, value
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _places(schema.member(name), inner, (*path, name))
        for name in schema.property_names():
            if name not in value:
                yield (*path, name), schema.member(name), None
    elif isinstance(value, list):
        for index, inner in enumerate(value[:_MOST_ITEMS]):
            yield from _places(schema.item(index), inner, (*path, index))


def _meant(schema: Conjunction) -> frozenset[str]:
    """The kinds of values that the schema's author means; none where nothing tells."""
    if schema.kinds != KINDS:
        return schema.kinds
    spoken_of: frozenset[str] = frozenset()
    for keyword, kinds in _SPEAKS_OF.items():
        if schema.all(keyword):
            spoken_of |= kinds
    return spoken_of


def _put(root: Any, path: _Path, value: Any) -> Any:
    """A copy of ``root`` with ``value`` at ``path``."""
    if not path:
        return value
    changed = copy.deepcopy(root)
    container = changed
    for step in path[:-1]:
        container = container[step]
    container[path[-1]] = value
    return changed
