"""The portable profile: the part of JSON Schema 2020-12 that every reader of our schemas understands alike.

It leaves out what the two engines, other languages, or the draft-07 that AsyncAPI tools read, take differently, and
what could keep a validator busy for ever. The rules, each with its reason, are in :mod:`.rules`.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from eventyard.errors import SchemaError
from eventyard.schemas.document import metaschema_errors, plain_document
from eventyard.schemas.effort import effort_findings
from eventyard.schemas.engine import load_engine
from eventyard.schemas.finding import Finding
from eventyard.schemas.formats import FORMATS
from eventyard.schemas.identity import SchemaIdentity
from eventyard.schemas.patterns import pattern_objection
from eventyard.schemas.pointer import json_pointer
from eventyard.schemas.references import Location, References
from eventyard.schemas.subschemas import Path

__all__ = ["BANNED", "DIALECT", "MAX_DEPTH", "MAX_NODES", "check_schema", "is_library"]

#: The ``$schema`` of draft 2020-12.
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

#: Keywords that are left out, each with what to do instead.
BANNED: Final[Mapping[str, str]] = {
    "$anchor": "refer by JSON pointer, as in #/$defs/name",
    "$dynamicAnchor": "refer by JSON pointer, as in #/$defs/name",
    "$dynamicRef": "use $ref",
    "$recursiveAnchor": "refer by JSON pointer, as in #/$defs/name",
    "$recursiveRef": "use $ref",
    "$vocabulary": "leave it to the metaschema",
    "additionalItems": "use items, beside prefixItems",
    "definitions": "use $defs",
    "dependencies": "use dependentRequired or dependentSchemas",
    "unevaluatedItems": "use items, beside prefixItems",
    "unevaluatedProperties": "use additionalProperties",
}

_KNOWN: Final = frozenset(
    {
        *("$comment", "$defs", "$id", "$ref", "$schema"),
        *("additionalProperties", "dependentSchemas", "patternProperties", "properties", "propertyNames"),
        *("allOf", "anyOf", "else", "if", "not", "oneOf", "then"),
        *("const", "contains", "enum", "format", "items", "prefixItems", "type"),
        *("contentEncoding", "contentMediaType", "contentSchema"),
        *("default", "deprecated", "description", "examples", "readOnly", "title", "writeOnly"),
        *("dependentRequired", "maxProperties", "minProperties", "required"),
        *("exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"),
        *("maxContains", "maxItems", "minContains", "minItems", "uniqueItems"),
        *("maxLength", "minLength", "pattern"),
    }
)
_MOST_EXACT: Final = 2**53 - 1

#: How many levels of objects and arrays a schema may have, and how many values, all counted.
MAX_DEPTH: Final = 64
MAX_NODES: Final = 20_000

#: How many errors of a schema that is none are told.
_MOST_ERRORS: Final = 20


def check_schema(schema: Mapping[str, Any], shared: Iterable[Mapping[str, Any]] = ()) -> list[Finding]:
    """Where ``schema`` leaves the profile; a schema that is too large or no valid one is checked no further.

    Args:
        schema: The schema.
        shared: Schemas that it may refer to by their ``$id``.

    Raises:
        SchemaError: It has values that JSON does not have, or whole numbers beyond 64 bits.
    """
    document = plain_document(schema)
    if too_large := _size(document):
        return [too_large]
    if invalid := [Finding("metaschema", *error) for error in islice(metaschema_errors(document), _MOST_ERRORS)]:
        return invalid
    references = References(document, shared)
    findings = [*_root(document), *_numbers(document, ())]
    for location in references.own():
        if location.keywords:
            findings += _keywords(location.path, location.keywords)
            findings += _reference(location, references)
            findings += _bounds(location.path, location.keywords)
    cycles = list(_cycles(references))
    if not cycles and not any(finding.rule == "pattern" for finding in findings):
        cycles = effort_findings(references)
    return findings + cycles


def is_library(document: Mapping[str, Any]) -> bool:
    """Whether ``document`` describes no value itself, but only holds definitions for other schemas."""
    return "$defs" in document and document.keys() <= {"$comment", "$defs", "$id", "$schema", "description", "title"}


def _size(document: Mapping[str, Any]) -> Finding | None:
    """Level by level, so that the work is bounded whatever comes."""
    nodes, level = 0, [document]
    for _ in range(MAX_DEPTH + 1):
        nodes += len(level)
        if nodes > MAX_NODES:
            return Finding("size", "", f"it has more than {MAX_NODES} values")
        level = [inner for each in level for inner in _members(each)]
        if not level:
            return None
    return Finding("size", "", f"it has more than {MAX_DEPTH} levels of objects and arrays")


def _members(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _root(document: Mapping[str, Any]) -> Iterator[Finding]:
    if document.get("$schema") != DIALECT:
        yield Finding("dialect", "/$schema" if "$schema" in document else "", f"$schema is expected to be {DIALECT}")
    try:
        SchemaIdentity.parse(document.get("$id", ""))
    except ValueError as error:
        yield Finding("identity", "/$id" if "$id" in document else "", str(error))
    if len(document.get("examples", ())) < 2 and not is_library(document):
        yield Finding("examples", "", "two whole examples are expected")
    yield from _description((), document)


def _keywords(path: Path, schema: Mapping[str, Any]) -> Iterator[Finding]:
    for keyword, value in schema.items():
        pointer = json_pointer((*path, keyword))
        if keyword in BANNED:
            yield Finding("banned_keyword", pointer, f"{keyword} is left out; {BANNED[keyword]}")
        elif keyword in {"$id", "$schema"} and path:
            yield Finding("banned_keyword", pointer, f"{keyword} is for the root; use $defs without it")
        elif keyword == "propertyNames" and value is False:
            yield Finding("banned_keyword", pointer, "propertyNames is false; use maxProperties: 0")
        elif keyword not in _KNOWN and not keyword.startswith("x-"):
            reason = f"{keyword} is no keyword; names of annotations begin with x-"
            yield Finding("unknown_keyword", pointer, reason)
        elif keyword == "format" and value not in FORMATS:
            yield Finding("format", pointer, f"format is {value!r}, expected one of {', '.join(sorted(FORMATS))}")
        elif keyword == "multipleOf" and not isinstance(value, int):
            yield Finding("multiple_of", pointer, "multipleOf is expected to be a whole number")
        elif keyword == "pattern" and (objection := _objection(value)):
            yield Finding("pattern", pointer, objection)
        elif keyword == "patternProperties":
            for pattern in value:
                if objection := _objection(pattern):
                    yield Finding("pattern", json_pointer((*path, keyword, pattern)), objection)
        elif keyword == "properties":
            for name, each in value.items():
                yield from _description((*path, keyword, name), each)


@lru_cache(maxsize=1024)
def _objection(pattern: str) -> str | None:
    if objection := pattern_objection(pattern):
        return objection
    engine = load_engine()
    try:
        engine.compile({"pattern": pattern})
    except SchemaError:
        return f"{engine.name} cannot compile it; it may be too large"
    return None


def _description(path: Path, schema: object) -> Iterator[Finding]:
    if not isinstance(schema, Mapping) or "$ref" in schema:
        return
    if missing := [keyword for keyword in ("title", "description") if not schema.get(keyword)]:
        yield Finding("description", json_pointer(path), f"{' and '.join(missing)} expected")


def _bounds(path: Path, schema: Mapping[str, Any]) -> Iterator[Finding]:
    if "enum" in schema or "const" in schema:
        return
    types = schema.get("type", ())
    types = [types] if isinstance(types, str) else types
    if "string" in types and "maxLength" not in schema:
        yield Finding("max_length", json_pointer(path), "maxLength is expected for a string")
    if "array" in types and "maxItems" not in schema:
        yield Finding("max_items", json_pointer(path), "maxItems is expected for an array")


def _reference(location: Location, references: References) -> Iterator[Finding]:
    reference = location.keywords.get("$ref")
    if reference is None or references.target(location) is not None:
        return
    pointer = json_pointer((*location.path, "$ref"))
    if not references.knows(reference):
        yield Finding("reference", pointer, f"{reference!r} is neither in this document nor in a shared schema")
    else:
        yield Finding("reference", pointer, f"{reference!r} leads to no schema; expected the form #/$defs/name")


def _cycles(references: References) -> Iterator[Finding]:
    """Follow what applies to the same value, depth first; coming back to a schema under way closes a cycle."""
    done: set[Location] = set()
    for start in references.own():
        under_way = {} if start in done else {start: references.same_value(start)}
        while under_way:
            location, followers = next(reversed(under_way.items()))
            following = next(followers, None)
            if following is None:
                del under_way[location]
                done.add(location)
            elif following in under_way:
                yield Finding("cycle", following.pointer, "refers back to itself without stepping into the value")
            elif following not in done:
                under_way[following] = references.same_value(following)


def _numbers(value: object, path: Path) -> Iterator[Finding]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _numbers(each, (*path, str(name)))
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            yield from _numbers(each, (*path, index))
    elif isinstance(value, int) and not -_MOST_EXACT <= value <= _MOST_EXACT:
        yield Finding("number_range", json_pointer(path), "whole numbers lie within ±(2^53 - 1)")
