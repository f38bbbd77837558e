"""The portable profile: the part of JSON Schema 2020-12 that every reader of our schemas understands alike.

It leaves out what the two engines, other languages, or the draft-07 that AsyncAPI tools read, take differently. Hard
rules keep a schema from being registered; soft ones are warnings.

========================  ============================================================================================
``metaschema``            it is a valid schema of draft 2020-12
``dialect``               ``$schema`` says so
``identity``              ``$id`` names type and version, see :mod:`.identity`
``banned_keyword``        none of :data:`BANNED`; ``$id`` and ``$schema`` only at the root
``reference``             ``$ref`` leads to a subschema of the same document or of a shared schema
``cycle``                 no schema refers back to itself without stepping into the value
``pattern``               patterns are on common ground, see :mod:`.patterns`
``format``                formats are those of :mod:`.formats`
``multiple_of``           ``multipleOf`` is a whole number
``number_range``          whole numbers lie within ±(2^53 - 1), where every JSON reader keeps them exact
``unknown_keyword``       soft: each keyword is of JSON Schema or begins with ``x-``
``max_length``            soft: each string has a ``maxLength``
``max_items``             soft: each array has a ``maxItems``
``description``           soft: the schema and each property that is no ``$ref`` have ``title`` and ``description``
``examples``              soft: there are two whole examples at the root
========================  ============================================================================================
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, TypeAlias
from urllib.parse import unquote

from eventyard.errors import SchemaError
from eventyard.schemas.document import metaschema_errors, plain_document
from eventyard.schemas.engine import load_engine
from eventyard.schemas.finding import Finding
from eventyard.schemas.formats import FORMATS
from eventyard.schemas.identity import SchemaIdentity
from eventyard.schemas.patterns import pattern_objection
from eventyard.schemas.pointer import json_pointer
from eventyard.schemas.subschemas import IN_PLACE, Path, children, subschemas

__all__ = ["BANNED", "DIALECT", "check_schema"]

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

#: A path whose array indexes are text, as a JSON pointer has them.
Place: TypeAlias = tuple[str, ...]


def check_schema(schema: Mapping[str, Any], shared: Iterable[Mapping[str, Any]] = ()) -> list[Finding]:
    """Where ``schema`` leaves the profile; a schema that is no valid one is checked no further.

    Args:
        schema: The schema.
        shared: Schemas that it may refer to by their ``$id``.

    Raises:
        SchemaError: It has values that JSON does not have, or whole numbers beyond 64 bits.
    """
    document = plain_document(schema)
    if invalid := [Finding("metaschema", *error) for error in metaschema_errors(document)]:
        return invalid
    known = {"": document} | {str(each["$id"]): each for each in shared}
    if isinstance(identity := document.get("$id"), str):
        known[identity] = document
    findings = [*_root(document), *_numbers(document, ())]
    for path, each in subschemas(document):
        if isinstance(each, Mapping):
            findings += _keywords(path, each)
            findings += _reference(path, each, known)
            findings += _bounds(path, each)
    return findings + list(_cycles(document))


def _root(document: Mapping[str, Any]) -> Iterator[Finding]:
    if document.get("$schema") != DIALECT:
        yield Finding("dialect", "/$schema" if "$schema" in document else "", f"$schema is expected to be {DIALECT}")
    try:
        SchemaIdentity.parse(document.get("$id", ""))
    except ValueError as error:
        yield Finding("identity", "/$id" if "$id" in document else "", str(error))
    if len(document.get("examples", ())) < 2:
        yield Finding("examples", "", "two whole examples are expected", warning=True)
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
            yield Finding("unknown_keyword", pointer, reason, warning=True)
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
        yield Finding("description", json_pointer(path), f"{' and '.join(missing)} expected", warning=True)


def _bounds(path: Path, schema: Mapping[str, Any]) -> Iterator[Finding]:
    if "enum" in schema or "const" in schema:
        return
    types = schema.get("type", ())
    types = [types] if isinstance(types, str) else types
    if "string" in types and "maxLength" not in schema:
        yield Finding("max_length", json_pointer(path), "maxLength is expected for a string", warning=True)
    if "array" in types and "maxItems" not in schema:
        yield Finding("max_items", json_pointer(path), "maxItems is expected for an array", warning=True)


def _reference(path: Path, schema: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    reference = schema.get("$ref")
    if reference is None:
        return
    base, _, fragment = reference.partition("#")
    pointer = json_pointer((*path, "$ref"))
    target = known.get(base)
    if target is None:
        yield Finding("reference", pointer, f"{reference!r} is neither in this document nor in a shared schema")
    elif _target(fragment) not in {_place(each) for each, _ in subschemas(target)}:
        yield Finding("reference", pointer, f"{reference!r} leads to no schema; expected the form #/$defs/name")


def _place(path: Path) -> Place:
    return tuple(map(str, path))


def _target(fragment: str) -> Place | None:
    """The place that a JSON pointer in a URI fragment names (RFC 6901 §6); ``None`` when it is no JSON pointer."""
    first, *steps = unquote(fragment).split("/")
    return None if first else tuple(step.replace("~1", "/").replace("~0", "~") for step in steps)


def _cycles(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Follow what applies to the same value, depth first; coming back to a schema under way closes a cycle."""
    own = {"", document.get("$id", "")}
    schemas = {_place(path): (path, schema) for path, schema in subschemas(document)}
    done: set[Place] = set()

    def follow(place: Place, under_way: tuple[Place, ...]) -> Iterator[Finding]:
        path, schema = schemas[place]
        if place in under_way:
            yield Finding("cycle", json_pointer(path), "refers back to itself without stepping into the value")
            return
        for each in _same_value(path, schema, own):
            if each in schemas and each not in done:
                yield from follow(each, (*under_way, place))
        done.add(place)

    for place in schemas:
        if place not in done:
            yield from follow(place, ())


def _same_value(path: Path, schema: object, own: Container[str]) -> Iterator[Place]:
    """The places of the schemas that apply to the same value as ``schema``, within the document named ``own``."""
    for step, _ in children(schema):
        if step[0] in IN_PLACE:
            yield _place(path + step)
    if isinstance(schema, Mapping) and "$ref" in schema:
        base, _, fragment = schema["$ref"].partition("#")
        target = _target(fragment)
        if base in own and target is not None:
            yield target


def _numbers(value: object, path: Path) -> Iterator[Finding]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _numbers(each, (*path, str(name)))
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            yield from _numbers(each, (*path, index))
    elif isinstance(value, int) and not -_MOST_EXACT <= value <= _MOST_EXACT:
        yield Finding("number_range", json_pointer(path), "whole numbers lie within ±(2^53 - 1)")
