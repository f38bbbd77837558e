"""The rules for schemas, each with the reason why it exists.

Hard rules keep a schema from being registered; soft ones are warnings. The last three are of ``eventyard schema check``
alone, which knows the schema's file and looks at the examples one by one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

__all__ = ["RULES", "Rule"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        demand: What it asks for.
        why: What goes wrong without it.
        is_soft: Whether a schema that breaks it can be used all the same.
    """

    demand: str
    why: str
    is_soft: bool = False


#: The rules by name, in the order in which a person would look at them.
RULES: Final[Mapping[str, Rule]] = {
    "json": Rule(
        "it is a JSON object in UTF-8",
        "nobody else can read anything else",
    ),
    "size": Rule(
        "it has at most 1 MiB, 20,000 values, and 64 levels of objects and arrays",
        "whoever reads, checks or shows a schema does work for every part of it",
    ),
    "metaschema": Rule(
        "it is a valid schema of draft 2020-12",
        "a validator may ignore what is wrong, or fail only when the first event comes",
    ),
    "dialect": Rule(
        "$schema says draft 2020-12",
        "the same keywords mean something else in other drafts",
    ),
    "identity": Rule(
        "$id names the event type and the version, as in urn:acme:deployment/1.0.0",
        "events name their schema by it, and versions are compared by it",
    ),
    "banned_keyword": Rule(
        "it has no keyword that readers take differently; $id and $schema stand only at the root",
        "validators, and the draft-07 that AsyncAPI tools read, differ in them, or do not have them",
    ),
    "reference": Rule(
        "$ref leads to a subschema of the same document or of a shared schema",
        "nothing is ever fetched: a schema must mean the same without a network",
    ),
    "cycle": Rule(
        "no schema refers back to itself without stepping into the value",
        "a validator would follow it for ever",
    ),
    "effort": Rule(
        "a value is not checked against the same schemas over and over",
        "a small event could keep a validator busy for hours",
    ),
    "pattern": Rule(
        "patterns keep to what regular expressions have in common, and describe the whole text",
        "regular expressions differ between languages, and some of them can take exponential time",
    ),
    "format": Rule(
        "formats are date, date-time, ipv4, ipv6, uri, uri-reference or uuid",
        "validators differ in the others, or ignore them silently",
    ),
    "multiple_of": Rule(
        "multipleOf is a whole number",
        "0.3 is a multiple of 0.1 in some languages and none in others",
    ),
    "number_range": Rule(
        "whole numbers lie within ±(2^53 - 1)",
        "many JSON readers keep no longer ones exactly (RFC 8259 §6)",
    ),
    "unknown_keyword": Rule(
        "each keyword is of JSON Schema or begins with x-",
        "a misspelt keyword is ignored, so that its rule does not hold",
        is_soft=True,
    ),
    "max_length": Rule(
        "each string has a maxLength",
        "readers can plan for what comes, and a column of a table has a width",
        is_soft=True,
    ),
    "max_items": Rule(
        "each array has a maxItems",
        "readers can plan for what comes",
        is_soft=True,
    ),
    "description": Rule(
        "the schema and each property that is no $ref have title and description",
        "catalogue, types and editors show them; a name alone leaves readers guessing",
        is_soft=True,
    ),
    "examples": Rule(
        "there are two whole examples at the root",
        "people read examples first, and tests and tools work with them",
        is_soft=True,
    ),
    "example": Rule(
        "each example satisfies the schema",
        "who copies it would have the event refused",
    ),
    "place": Rule(
        "the file is <type>/<version>.json, as its $id says",
        "plugins, people and tools find a schema by its type and version",
    ),
    "home": Rule(
        "the file lies at <type>/<version>.json",
        "the versions of a type can lie side by side, and diff finds the one before",
        is_soft=True,
    ),
}
