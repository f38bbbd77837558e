"""The official JSON-Schema-Test-Suite, as far as our schema profile allows it; see suite/README.md."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from eventyard.schemas import Engine, check_schema

SUITE = Path(__file__).parent / "suite"

#: The groups whose schemas are outside the profile: file, then group, then the rules that it breaks.
LEFT_OUT: Mapping[str, Mapping[str, set[str]]] = {
    "additionalProperties": {
        # Their patterns are not anchored at both ends.
        "additionalProperties being false does not allow other properties": {"pattern"},
        "non-ASCII pattern with additionalProperties": {"pattern"},
    },
    "const": {
        # A whole number beyond 2^53.
        "float and integers are equal up to 64-bit representation limits": {"number_range"},
    },
    "multipleOf": {
        # Fractions have no exact value in binary.
        "by number": {"multiple_of"},
        "by small number": {"multiple_of"},
        "float division = inf": {"multiple_of"},
        "small multiple of large integer": {"multiple_of"},
    },
    "not": {
        # unevaluatedProperties
        "collect annotations inside a 'not', even if collection is disabled": {"banned_keyword"},
    },
    "pattern": {
        # Asks for what the profile forbids.
        "pattern is not anchored": {"pattern"},
    },
    "patternProperties": {
        # Their patterns are not anchored at both ends.
        "patternProperties validates properties matching a regex": {"pattern"},
        "multiple simultaneous patternProperties are validated": {"pattern"},
        "regexes are not anchored by default and are case sensitive": {"pattern"},
        "patternProperties with boolean schemas": {"pattern"},
    },
    "properties": {
        # The pattern is not anchored.
        "properties, patternProperties, additionalProperties interaction": {"pattern"},
    },
    "propertyNames": {
        # Says maxProperties: 0 in other words; jsonschema-rs tells it without the name.
        "propertyNames with boolean schema false": {"banned_keyword"},
    },
    "ref": {
        # The metaschema is a remote reference.
        "remote ref, containing refs itself": {"reference"},
        # $id below the root, or $anchor, and references by them.
        "Recursive references between schemas": {"banned_keyword", "reference"},
        "ref creates new scope when adjacent to keywords": {"banned_keyword"},
        "refs with relative uris and defs": {"banned_keyword", "reference"},
        "relative refs with absolute uris and defs": {"banned_keyword", "reference"},
        "$id must be resolved against nearest parent, not just immediate parent": {"banned_keyword", "reference"},
        "order of evaluation: $id and $ref": {"banned_keyword", "reference"},
        "order of evaluation: $id and $anchor and $ref": {"banned_keyword", "reference"},
        "URN base URI with URN and anchor ref": {"banned_keyword", "reference"},
        "URN ref with nested pointer ref": {"banned_keyword", "reference"},
        "ref to if": {"banned_keyword", "reference"},
        "ref to then": {"banned_keyword", "reference"},
        "ref to else": {"banned_keyword", "reference"},
        "ref with absolute-path-reference": {"banned_keyword", "reference"},
    },
}


def groups(*, within_profile: bool) -> list[Any]:
    """The groups of the suite as parameters: file, group."""
    return [
        pytest.param(path.stem, group, id=f"{path.stem}: {group['description']}")
        for path in sorted(SUITE.rglob("*.json"))
        for group in json.loads(path.read_bytes())
        if (group["description"] in LEFT_OUT.get(path.stem, ())) is not within_profile
    ]


def broken_rules(schema: Mapping[str, Any]) -> set[str]:
    """The hard rules that ``schema`` breaks, but for the form of ``$id``, which is ours."""
    findings = check_schema({"$id": "urn:suite:case/1.0.0", **schema})
    return {finding.rule for finding in findings if not finding.warning} - {"identity"}


def as_object(schema: Any) -> dict[str, Any]:
    """``schema``, which may be true or false, as an object."""
    if isinstance(schema, bool):
        return {"$schema": "https://json-schema.org/draft/2020-12/schema", "allOf": [schema]}
    return dict(schema)


@pytest.mark.parametrize(("file", "group"), groups(within_profile=True))
def test_both_engines_give_the_verdict_of_the_suite_and_the_same_issues(
    engines: Mapping[str, Engine], file: str, group: dict[str, Any]
) -> None:
    schema = as_object(group["schema"])
    assert broken_rules(schema) == set()
    validators = [engine.compile(schema) for engine in engines.values()]
    for case in group["tests"]:
        for validator in validators:
            assert validator.is_valid(case["data"]) is case["valid"], case["description"]
        issues, others = [validator.issues(case["data"]) for validator in validators]
        assert issues == others, case["description"]
        assert (not issues) is case["valid"], case["description"]


@pytest.mark.parametrize(("file", "group"), groups(within_profile=False))
def test_groups_are_left_out_for_the_rules_that_they_break(file: str, group: dict[str, Any]) -> None:
    assert broken_rules(as_object(group["schema"])) == LEFT_OUT[file][group["description"]]


def test_every_exception_is_in_the_suite() -> None:
    """No entry outlives the group that it is about."""
    there = {(file, group["description"]) for file, group in (each.values for each in groups(within_profile=False))}
    assert there == {(file, name) for file, names in LEFT_OUT.items() for name in names}
