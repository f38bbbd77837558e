"""Where schemas lie within a schema (JSON Schema 2020-12, core §10)."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

__all__ = ["IN_PLACE", "Path", "children", "subschemas"]

_ONE: Final = ("additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then")
_LIST: Final = ("allOf", "anyOf", "oneOf", "prefixItems")
_BY_NAME: Final = ("$defs", "dependentSchemas", "patternProperties", "properties")

#: Keywords whose subschemas apply to the same value as the schema itself.
IN_PLACE: Final = frozenset({"allOf", "anyOf", "dependentSchemas", "else", "if", "not", "oneOf", "then"})

#: Keywords, names and indexes that lead from a schema to a subschema.
Path: TypeAlias = tuple[str | int, ...]


def children(schema: object) -> Iterator[tuple[Path, Any]]:
    """The direct subschemas of a valid ``schema``, each with its path, which begins with the keyword."""
    if not isinstance(schema, Mapping):
        return
    for keyword, value in schema.items():
        if keyword in _ONE:
            yield (keyword,), value
        elif keyword in _LIST:
            for index, each in enumerate(value):
                yield (keyword, index), each
        elif keyword in _BY_NAME:
            for name, each in value.items():
                yield (keyword, name), each


def subschemas(schema: object, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """A valid ``schema`` and all subschemas in it, each with its path."""
    yield path, schema
    for step, child in children(schema):
        yield from subschemas(child, path + step)
