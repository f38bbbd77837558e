"""Schemas as the types of programming languages: what both TypeScript and Python can say of them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from eventyard.schemas.references import Location, References

__all__ = [
    "Anything",
    "Array",
    "Both",
    "Literals",
    "Member",
    "Named",
    "Nothing",
    "OneOf",
    "Record",
    "Scalar",
    "TypeModel",
    "TypeShape",
    "class_name",
    "type_model",
]


@dataclass(frozen=True, slots=True)
class Anything:
    """Any JSON value."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No value."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A JSON type without parts: ``boolean``, ``integer``, ``null``, ``number``, ``string``."""

    type: str


@dataclass(frozen=True, slots=True)
class Literals:
    """One of some values, none of them an object or array."""

    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Array:
    """A list."""

    item: "TypeShape"


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a record."""

    name: str
    shape: "TypeShape"
    is_required: bool
    text: str


@dataclass(frozen=True, slots=True)
class Record:
    """An object: its members, and what others are; ``None`` where nothing is said of others."""

    members: tuple[Member, ...]
    others: "TypeShape | None"


@dataclass(frozen=True, slots=True)
class OneOf:
    """A value of one of several shapes."""

    options: tuple["TypeShape", ...]


@dataclass(frozen=True, slots=True)
class Both:
    """A value of all of several shapes."""

    parts: tuple["TypeShape", ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A shape with a name of its own."""

    name: str


TypeShape: TypeAlias = Anything | Nothing | Scalar | Literals | Array | Record | OneOf | Both | Named


@dataclass(frozen=True, slots=True)
class TypeModel:
    """The types of a schema.

    Attributes:
        shapes: Each shape with a name, the ones that it needs before it; the schema itself is the last.
        texts: What is said of each, for people.
    """

    shapes: Mapping[str, TypeShape]
    texts: Mapping[str, str]


def class_name(name: str) -> str:
    """``tool_start`` as the name of a class, ``ToolStart``."""
    words = "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", name))
    return words if words[:1].isalpha() else f"Type{words}"


def type_model(references: References, name: str) -> TypeModel:
    """The types of the document of ``references``; its own type is called ``name``."""
    return _Builder(references, name).build()


class _Builder:
    """Gives names to what references lead to, and to records within records."""

    def __init__(self, references: References, name: str) -> None:
        self._references = references
        self._root = name
        self._names: dict[Location, str] = {references.root: name}
        self._taken = {name}
        self._shapes: dict[str, TypeShape] = {}
        self._texts: dict[str, str] = {}

    def build(self) -> TypeModel:
        root = self._references.root
        shape = self._shape(root, self._root)
        self._shapes[self._root] = shape
        self._texts[self._root] = _text(root)
        return TypeModel(self._shapes, self._texts)

    def _shape(self, location: Location, hint: str) -> TypeShape:
        """What ``location`` is, without a name of its own."""
        if location.schema is False:
            return Nothing()
        keywords = location.keywords
        parts = list(self._parts(location, hint))
        if "const" in keywords or "enum" in keywords:
            values = [keywords["const"]] if "const" in keywords else keywords["enum"]
            if all(not isinstance(value, dict | list) for value in values):
                parts = [Literals(tuple(_distinct(values)))]
        parts = [part for part in parts if part != Anything()]
        if not parts:
            return Anything()
        return parts[0] if len(parts) == 1 else Both(tuple(dict.fromkeys(parts)))

    def _parts(self, location: Location, hint: str) -> Iterator[TypeShape]:
        target = self._references.target(location)
        if target is not None:
            yield self._named(target)
        types = location.keywords.get("type")
        if types is not None or location.keywords.keys() & {"properties", "required"}:
            names = ["object"] if types is None else [types] if isinstance(types, str) else types
            yield _one_of([self._of_type(location, each, hint) for each in names])
        for keyword in ("anyOf", "oneOf"):
            if keyword in location.keywords:
                yield _one_of(list(self._list(location, keyword, hint)))
        yield from self._list(location, "allOf", hint)

    def _list(self, location: Location, keyword: str, hint: str) -> Iterator[TypeShape]:
        for index in range(len(location.keywords.get(keyword, ()))):
            yield self._inner(
                self._references.child(location, keyword, index), f"{hint}{keyword[:1].upper()}{index + 1}"
            )

    def _of_type(self, location: Location, name: str, hint: str) -> TypeShape:
        if name == "array":
            if "prefixItems" in location.keywords or "items" not in location.keywords:
                return Array(Anything())
            return Array(self._inner(self._references.child(location, "items"), f"{hint}Item"))
        return self._record(location, hint) if name == "object" else Scalar(name)

    def _record(self, location: Location, hint: str) -> Record:
        keywords = location.keywords
        required = frozenset(keywords.get("required", ()))
        members = []
        for name in keywords.get("properties", ()):
            child = self._references.child(location, "properties", name)
            shape = self._inner(child, f"{hint}{class_name(name)}")
            members.append(Member(name, shape, name in required, _text(child)))
        known = {member.name for member in members}
        members += [Member(name, Anything(), True, "") for name in keywords.get("required", ()) if name not in known]
        others: TypeShape | None = None
        if keywords.get("patternProperties"):
            others = Anything()
        elif isinstance(keywords.get("additionalProperties"), Mapping):
            others = self._inner(self._references.child(location, "additionalProperties"), f"{hint}Value")
        return Record(tuple(members), others)

    def _inner(self, location: Location, hint: str) -> TypeShape:
        """What ``location`` is; a record gets a name."""
        shape = self._shape(location, hint)
        if isinstance(shape, Record) and shape.members:
            name = self._free(hint)
            self._shapes[name] = shape
            self._texts[name] = _text(location)
            return Named(name)
        return shape

    def _named(self, location: Location) -> TypeShape:
        if location not in self._names:
            last = location.place[-1] if location.place else location.document
            name = self._names[location] = self._free(f"{self._root}{class_name(last)}")
            shape = self._shape(location, name)
            self._shapes[name] = shape
            self._texts[name] = _text(location)
        return Named(self._names[location])

    def _free(self, hint: str) -> str:
        name, number = hint, 1
        while name in self._taken:
            number += 1
            name = f"{hint}{number}"
        self._taken.add(name)
        return name


def _one_of(options: list[TypeShape]) -> TypeShape:
    distinct = list(dict.fromkeys(options))
    if not distinct or Anything() in distinct:
        return Anything()
    return distinct[0] if len(distinct) == 1 else OneOf(tuple(distinct))


def _distinct(values: Iterable[Any]) -> list[Any]:
    """Without repetitions; 1 and true are not the same."""
    return list({(type(value), value): value for value in values}.values())


def _text(location: Location) -> str:
    title, text = location.keywords.get("title"), location.keywords.get("description")
    return str(text or title or "")
