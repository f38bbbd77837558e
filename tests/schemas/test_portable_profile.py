"""The portable profile: which schemas can be registered, and what is said about the others."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from eventyard.errors import SchemaError
from eventyard.schemas import SchemaIdentity, check_schema
from eventyard_schemas import read_schema

SHIPPED = sorted((Path(__file__).parents[2] / "plugins").glob("*/src/*/schemas/*/*.json"))

GOOD: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:test:case/1.0.0",
    "title": "Case",
    "description": "A schema without a fault.",
    "type": "object",
    "properties": {
        "name": {"title": "Name", "description": "A name.", "type": "string", "maxLength": 10},
        "names": {"title": "Names", "description": "More.", "type": "array", "items": True, "maxItems": 10},
        "tree": {"title": "Tree", "description": "Refers to the root, one level down.", "$ref": "#"},
    },
    "examples": [{"name": "a"}, {}],
}


def findings(warning: bool, **changes: Any) -> list[tuple[str, str]]:
    """Rule and pointer of what is found in a good schema with ``changes``; ``None`` takes a keyword away."""
    schema = {keyword: value for keyword, value in {**GOOD, **changes}.items() if value is not None}
    found = check_schema(schema, [read_schema("common/1.0.0")])
    return [(each.rule, each.pointer) for each in found if each.warning is warning]


def test_a_schema_within_the_profile_has_no_findings() -> None:
    assert check_schema(GOOD) == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_schemas_of_the_bundled_plugins_keep_to_all_rules(path: Path) -> None:
    """Hard and soft ones; the ``$id`` names the folder and the file."""
    schema = json.loads(path.read_bytes())
    assert [str(finding) for finding in check_schema(schema, [read_schema("common/1.0.0")])] == []
    identity = SchemaIdentity.parse(schema["$id"])
    assert (identity.type, identity.version) == (path.parent.name, path.stem)


@pytest.mark.parametrize("name", ["envelope/1.0.0", "common/1.0.0", "config"])
def test_the_cores_schemas_keep_to_the_hard_rules(name: str) -> None:
    assert [str(finding) for finding in check_schema(read_schema(name)) if not finding.warning] == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"type": "strin"}, ("metaschema", "/type")),
        ({"required": "name"}, ("metaschema", "/required")),
        ({"$schema": None}, ("dialect", "")),
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, ("dialect", "/$schema")),
        ({"$id": None}, ("identity", "")),
        ({"$id": "urn:test:case"}, ("identity", "/$id")),
        ({"unevaluatedProperties": False}, ("banned_keyword", "/unevaluatedProperties")),
        ({"items": {"unevaluatedItems": False}}, ("banned_keyword", "/items/unevaluatedItems")),
        ({"$anchor": "a"}, ("banned_keyword", "/$anchor")),
        ({"$dynamicRef": "#"}, ("banned_keyword", "/$dynamicRef")),
        ({"dependencies": {}}, ("banned_keyword", "/dependencies")),
        ({"definitions": {}}, ("banned_keyword", "/definitions")),
        ({"$defs": {"a": {"$id": "urn:test:a/1.0.0"}}}, ("banned_keyword", "/$defs/a/$id")),
        ({"propertyNames": False}, ("banned_keyword", "/propertyNames")),
        ({"items": {"$ref": "https://example.org/x"}}, ("reference", "/items/$ref")),
        ({"items": {"$ref": "file:///etc/hostname"}}, ("reference", "/items/$ref")),
        ({"items": {"$ref": "#/$defs/missing"}}, ("reference", "/items/$ref")),
        ({"items": {"$ref": "#/examples/0"}}, ("reference", "/items/$ref")),
        ({"items": {"$ref": "urn:eventyard:common/1.0.0#/$defs/missing"}}, ("reference", "/items/$ref")),
        ({"properties": None, "$ref": "#"}, ("cycle", "")),
        ({"$defs": {"a": {"not": {"$ref": "#/$defs/a"}}}}, ("cycle", "/$defs/a")),
        ({"$defs": {"a": {"$ref": "urn:test:case/1.0.0#/$defs/a"}}}, ("cycle", "/$defs/a")),
        ({"pattern": "a"}, ("pattern", "/pattern")),
        ({"patternProperties": {"\\d": True}}, ("pattern", "/patternProperties/\\d")),
        ({"format": "email"}, ("format", "/format")),
        ({"multipleOf": 0.1}, ("multiple_of", "/multipleOf")),
        ({"maximum": 2**53}, ("number_range", "/maximum")),
        ({"enum": [{"deep": [-(2**53)]}]}, ("number_range", "/enum/0/deep/0")),
    ],
)
def test_a_hard_rule_names_itself_and_the_place(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert findings(False, **changes) == [expected]


def test_two_schemas_that_only_refer_to_each_other_are_a_cycle() -> None:
    defs = {"a": {"anyOf": [True, {"$ref": "#/$defs/b"}]}, "b": {"if": True, "then": {"$ref": "#/$defs/a"}}}
    assert [rule for rule, _ in findings(False, **{"$defs": defs})] == ["cycle"]


@pytest.mark.parametrize(
    "changes",
    [
        {"items": {"$ref": "#"}},
        {"items": {"$ref": "urn:test:case/1.0.0#/properties/name"}},
        {"items": {"$ref": "#/$defs/a%20b~1c"}, "$defs": {"a b/c": True}},
        {"items": {"$ref": "urn:eventyard:common/1.0.0#/$defs/path"}},
        {"$id": "https://acme.example/schemas/case/1.0.0"},
        {"$id": "urn:acme-inc:events:git.commit/10.0.3"},
        {"multipleOf": 5, "maximum": 2**53 - 1},
    ],
)
def test_what_is_close_to_a_hard_rule_is_allowed(changes: dict[str, Any]) -> None:
    assert findings(False, **changes) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"examples": [{}]}, ("examples", "")),
        ({"examples": None}, ("examples", "")),
        ({"title": None}, ("description", "")),
        ({"properties": {"a": {"title": "A"}}}, ("description", "/properties/a")),
        ({"items": {"type": ["string", "null"]}}, ("max_length", "/items")),
        ({"items": {"type": "array"}}, ("max_items", "/items")),
        ({"maxlength": 5}, ("unknown_keyword", "/maxlength")),
    ],
)
def test_a_soft_rule_is_a_warning(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert findings(True, **changes) == [expected]
    assert findings(False, **changes) == []


@pytest.mark.parametrize(
    "changes", [{"x-env": ["A"]}, {"properties": {"any": True}}, {"enum": ["a"], "type": "string"}]
)
def test_what_is_close_to_a_soft_rule_is_no_warning(changes: dict[str, Any]) -> None:
    assert findings(True, **changes) == []


def test_a_finding_tells_rule_place_and_reason() -> None:
    (finding,) = check_schema({**GOOD, "format": "email"})
    assert str(finding) == (
        "format at /format: format is 'email', expected one of date, date-time, ipv4, ipv6, uri, uri-reference, uuid"
    )


def test_a_schema_of_python_values_is_read_as_json() -> None:
    assert check_schema({**GOOD, "enum": ({}, {"name": "a"})}) == []


def test_values_that_json_does_not_have_are_refused() -> None:
    with pytest.raises(SchemaError, match=r"schema 'urn:test:case/1.0.0' is no JSON: .*set"):
        check_schema({**GOOD, "enum": {1, 2}})


@pytest.mark.parametrize(
    "text",
    [
        "tool_start/1.0.0",
        "urn:eventyard:tool_start",
        "urn:eventyard:tool_start/1.0",
        "urn:eventyard:tool_start/01.0.0",
        "urn:eventyard:Tool/1.0.0",
        "urn:eventyard:tool_start/1.0.0#",
        "http://acme.example/tool_start/1.0.0",
        "https://acme.example/tool start/1.0.0",
    ],
)
def test_other_forms_of_id_name_no_schema(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected urn:<name>:<type>/<major>.<minor>.<patch>"):
        SchemaIdentity.parse(text)
