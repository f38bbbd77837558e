"""The members of a payload as rows of a table."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from eventyard.schemas.references import Location, References

__all__ = ["MemberRow", "member_rows"]

#: How deep members of members are shown.
_DEEPEST: Final = 4

#: How many values of an ``enum`` are shown.
_MOST_VALUES: Final = 20

_LIMITS: Final[Mapping[str, str]] = {
    "format": "format {}",
    "pattern": "form {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "minProperties": "at least {} members",
    "maxProperties": "at most {} members",
    "default": "{} when absent",
}


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One member.

    Attributes:
        path: Its name, with the names of what it lies in: ``issues[].keyword``.
        type: What it is: ``string``, ``array of object``.
        is_required: Whether the object that it lies in always has it.
        limits: What else is asked of it.
        description: What it means.
    """

    path: str
    type: str
    is_required: bool
    limits: tuple[str, ...]
    description: str


def member_rows(references: References) -> list[MemberRow]:
    """The members that the document of ``references`` describes, each before its own."""
    return list(_rows(references, references.root, "", 0))


def _rows(references: References, location: Location, prefix: str, depth: int) -> Iterator[MemberRow]:
    required = location.keywords.get("required", ())
    for name in location.keywords.get("properties", ()):
        child = references.child(location, "properties", name)
        target = _target(references, child)
        path = f"{prefix}{name}"
        description = child.keywords.get("description") or target.keywords.get("description", "")
        yield MemberRow(path, _type(references, target), name in required, tuple(_limits(target)), str(description))
        if depth < _DEEPEST:
            yield from _rows(references, target, f"{path}.", depth + 1)
            if "items" in target.keywords:
                items = _target(references, references.child(target, "items"))
                yield from _rows(references, items, f"{path}[].", depth + 1)


def _target(references: References, location: Location) -> Location:
    return references.target(location) or location


def _type(references: References, location: Location) -> str:
    types = location.keywords.get("type")
    if types is None:
        return "one of" if location.keywords.keys() & {"const", "enum"} else "any"
    if types == "array" and "items" in location.keywords:
        return f"array of {_type(references, _target(references, references.child(location, 'items')))}"
    return types if isinstance(types, str) else " or ".join(types)


def _limits(location: Location) -> Iterator[str]:
    keywords = location.keywords
    values = [keywords["const"]] if "const" in keywords else keywords.get("enum", [])
    if values:
        told = ", ".join(_json(value) for value in values[:_MOST_VALUES])
        yield told + (f" and {len(values) - _MOST_VALUES} more" if len(values) > _MOST_VALUES else "")
    for keyword, text in _LIMITS.items():
        if keyword in keywords:
            value = keywords[keyword]
            told = text.removesuffix("s") if value == 1 else text
            yield told.format(value if isinstance(value, str) and keyword != "default" else _json(value))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
