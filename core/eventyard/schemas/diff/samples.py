"""Values for a schema: one that satisfies it, and those at its edges."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from eventyard.schemas.diff.conjunction import Conjunction
from eventyard.schemas.pattern_language import Language
from eventyard.schemas.pattern_search import Search, Undecided
from eventyard.schemas.patterns import language_of
from eventyard.schemas.subschemas import IN_PLACE

__all__ = ["NoSample", "edges", "sample"]

#: How long a text, and how large an array, may get.
_LONGEST: Final = 1 << 21
_MOST_ITEMS: Final = 2000

#: How deep a sample may get; a schema that demands itself has none.
_DEEPEST: Final = 12

_OF_FORMAT: Final = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.org/",
    "uri-reference": "/example",
    "uuid": "01936f0e-7c1a-7d2e-9b3f-5a6c7d8e9f00",
}
_OF_KIND: Final[dict[str, Any]] = {
    "object": {},
    "string": "a",
    "integer": 1,
    "fraction": 1.5,
    "array": [],
    "boolean": True,
    "null": None,
}


class NoSample(Exception):
    """No value was found that satisfies a schema."""


def sample(schema: Conjunction, search: Search, depth: int = 0) -> Any:
    """A value that is likely to satisfy ``schema``: composed keywords other than ``allOf`` are hardly looked at.

    Raises:
        NoSample: None was found.
    """
    if depth > _DEEPEST or not schema.kinds:
        raise NoSample
    if schema.values is not None:
        return schema.values[0]
    for branches in (*schema.branches("anyOf"), *schema.branches("oneOf")):
        if branches and branches[0] not in schema.parts and branches[0].keywords:
            return sample(schema.joined(branches[0]), search, depth + 1)
    kind = next(each for each in _OF_KIND if each in schema.kinds)
    match kind:
        case "object":
            return {name: sample(schema.member(name), search, depth + 1) for name in sorted(schema.required)}
        case "array":
            length = schema.largest("minItems", 0)
            if length > _MOST_ITEMS:
                raise NoSample
            return [sample(schema.item(index), search, depth + 1) for index in range(length)]
        case "string":
            return _text(schema, schema.largest("minLength", 0), search)
        case "integer" | "fraction":
            return _number(schema)
    return _OF_KIND[kind]


def edges(taken_by: Conjunction, refused_by: Conjunction, current: Any, search: Search) -> Iterator[Any]:
    """Values at which two schemas may part, to be tried one after the other.

    Args:
        taken_by: What should take the value.
        refused_by: What should refuse it.
        current: A value that both may take.
        search: Looks for texts.
    """
    for schema in (taken_by, refused_by):
        yield from schema.values or ()
        with suppress(NoSample):
            yield sample(schema, search)
        yield from _alternatives(schema, search)
    yield from (value for kind, value in _OF_KIND.items() if kind in taken_by.kinds)
    if taken_by.kinds & {"integer", "fraction"}:
        yield from _numbers(taken_by, refused_by)
    if "string" in taken_by.kinds:
        yield from _texts(taken_by, refused_by, search)
    if "array" in taken_by.kinds:
        yield from _arrays(taken_by, refused_by, current, search)
    if "object" in taken_by.kinds:
        yield from _objects(taken_by, refused_by, current, search)


def _alternatives(schema: Conjunction, search: Search) -> Iterator[Any]:
    """A value for each schema that stands in ``anyOf``, ``not``, ``if`` and the like."""
    for part in schema.parts:
        for step, child in schema.references.children(part):
            if step[0] in IN_PLACE:
                for whole in (Conjunction.of(schema.references, [child]), schema.joined(child)):
                    with suppress(NoSample):
                        yield sample(whole, search)


def _numbers(*schemas: Conjunction) -> Iterator[float]:
    words = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
    for value in dict.fromkeys(value for schema in schemas for word in words for value in schema.all(word)):
        yield from (value, value - 1, value + 1, value - 0.5, value + 0.5)
    yield from (0, -1, 1, 0.5, 2**53 - 1, 1 - 2**53)


def _number(schema: Conjunction) -> float:
    step = schema.largest("multipleOf", 1)
    for value in (0, *_numbers(schema), step):
        for candidate in (value, value // step * step, -(-value // step) * step):
            low, high = schema.largest("minimum"), schema.smallest("maximum")
            above, below = schema.largest("exclusiveMinimum"), schema.smallest("exclusiveMaximum")
            if (
                (low is None or candidate >= low)
                and (high is None or candidate <= high)
                and (above is None or candidate > above)
                and (below is None or candidate < below)
                and ("fraction" in schema.kinds or candidate == int(candidate))
                and candidate % step == 0
            ):
                return int(candidate) if candidate == int(candidate) else candidate
    return (schema.largest("minimum", 0) + schema.smallest("maximum")) / 2 if schema.all("maximum") else 0.5


def _texts(taken_by: Conjunction, refused_by: Conjunction, search: Search) -> Iterator[str]:
    for schema in (refused_by, taken_by):
        for word in ("minLength", "maxLength"):
            for length in schema.all(word):
                for near in (length, length - 1, length + 1):
                    try:
                        yield _text(taken_by, near, search)
                    except NoSample:
                        continue
    for pattern in refused_by.all("pattern"):
        try:
            found = search.find(_languages(taken_by), language_of(pattern), shortest=taken_by.largest("minLength", 0))
        except Undecided:
            continue
        if found is not None:
            yield found
    yield from _OF_FORMAT.values()
    yield from ("", "a", "A", " ", "\n", "?", "0", "é", "no such value", "2026-02-30", "a:b")


def _text(schema: Conjunction, length: int, search: Search) -> str:
    """A text of about ``length`` characters that satisfies patterns and formats, as far as they can be combined."""
    if not 0 <= length <= _LONGEST:
        raise NoSample
    if inside := _languages(schema):
        try:
            found = search.find(inside, shortest=length)
        except Undecided as error:
            raise NoSample from error
        if found is None:
            raise NoSample
        return found
    formats = schema.all("format")
    return _OF_FORMAT[formats[0]] if formats else "a" * length


def _languages(schema: Conjunction) -> list[Language]:
    return [language for pattern in schema.all("pattern") if (language := language_of(pattern)) is not None]


def _arrays(taken_by: Conjunction, refused_by: Conjunction, current: Any, search: Search) -> Iterator[list[Any]]:
    present = list(current) if isinstance(current, list) else []
    lengths = [2, *(taken_by.prefix, refused_by.prefix)]
    for schema in (taken_by, refused_by):
        lengths += [near for word in ("minItems", "maxItems") for near in _near(schema.all(word))]
    for length in dict.fromkeys(lengths):
        if not 0 <= length <= _MOST_ITEMS:
            continue
        try:
            added = [sample(taken_by.item(index), search) for index in range(len(present), length)]
        except NoSample:
            continue
        yield [*present[:length], *added]
        # Where they have to differ.
        yield [*present[:length], *range(length - len(present[:length]))]


def _objects(taken_by: Conjunction, refused_by: Conjunction, current: Any, search: Search) -> Iterator[dict[str, Any]]:
    present = dict(current) if isinstance(current, dict) else {}
    names = dict.fromkeys((*taken_by.property_names(), *refused_by.property_names(), *present))
    full = dict(present)
    for name in names:
        yield {each: value for each, value in present.items() if each != name}
        try:
            full.setdefault(name, sample(taken_by.member(name), search))
        except NoSample:
            continue
        yield {**present, name: full[name]}
    yield full
    for name in names:
        yield {each: value for each, value in full.items() if each != name}
    yield {name: value for name, value in full.items() if name in taken_by.required}
    others: tuple[Any, ...] = ("a", 1, {}, None)
    yield from ({**present, "other": value} for value in others)
    for schema in (taken_by, refused_by):
        for count in (near for word in ("minProperties", "maxProperties") for near in _near(schema.all(word))):
            if len(full) <= count <= _MOST_ITEMS:
                yield full | {f"other{number}": 1 for number in range(count - len(full))}
            elif count >= 0:
                yield dict(list(full.items())[:count])


def _near(counts: list[int]) -> Iterator[int]:
    for count in counts:
        yield from (count, count - 1, count + 1)
