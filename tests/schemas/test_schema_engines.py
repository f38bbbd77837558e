"""What holds of each engine: which schemas it refuses, and what its issues say."""

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest
from eventyard.errors import SchemaError, SettingsError
from eventyard.schemas import ENGINES, Engine, load_engine
from eventyard.schemas.reference import ReferenceEngine


def told(engine: Engine, schema: dict[str, Any], value: Any) -> list[tuple[str, str, object]]:
    """Keyword, pointer and limit of the issues."""
    return [(issue.keyword, issue.pointer, issue.limit) for issue in engine.compile(schema).issues(value)]


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ({"required": ["a", "b"]}, {}, [("required", "", "a"), ("required", "", "b")]),
        ({"dependentRequired": {"a": ["b"]}}, {"a": 1}, [("dependentRequired", "", "b")]),
        ({"type": "string"}, 1, [("type", "", "string")]),
        ({"type": ["string"]}, 1, [("type", "", "string")]),
        ({"type": ["string", "null"]}, 1, [("type", "", ["null", "string"])]),
        ({"enum": ["a", 1]}, 2, [("enum", "", ["a", 1])]),
        ({"const": None}, 2, [("const", "", None)]),
        ({"maxLength": 2}, "abc", [("maxLength", "", 2)]),
        ({"minimum": 1.5}, 1, [("minimum", "", 1.5)]),
        ({"pattern": "^a$"}, "b", [("pattern", "", "^a$")]),
        ({"uniqueItems": True}, [1, 1.0], [("uniqueItems", "", None)]),
        (
            {"properties": {"a": True}, "additionalProperties": False},
            {"a": 1, "b": 2, "c": 3},
            [("additionalProperties", "/b", None), ("additionalProperties", "/c", None)],
        ),
        ({"additionalProperties": False}, {"b": 2}, [("additionalProperties", "/b", None)]),
        (
            {"required": ["a"], "properties": {"b": True}, "additionalProperties": False},
            {"a": 1},
            [("additionalProperties", "/a", None)],
        ),
        ({"propertyNames": {"maxLength": 1}}, {"ab": 1, "c": 2}, [("propertyNames", "/ab", None)]),
        ({"properties": {"a": False}}, {"a": 1}, [("false", "/a", None)]),
        ({"prefixItems": [True], "items": False}, [1, 2, 3], [("false", "/1", None), ("false", "/2", None)]),
        ({"anyOf": [{"type": "string"}, {"minimum": 3}]}, 1, [("anyOf", "", None)]),
        ({"oneOf": [True, {"type": "integer"}]}, 1, [("oneOf", "", None)]),
        ({"not": {"type": "integer"}}, 1, [("not", "", None)]),
        ({"contains": {"const": 1}, "minContains": 2}, [1], [("contains", "", None)]),
        ({"contains": {"const": 1}, "maxContains": 1}, [1, 1], [("contains", "", None)]),
        ({"if": True, "then": {"required": ["a"]}}, {}, [("required", "", "a")]),
        ({"dependentSchemas": {"a": {"required": ["b"]}}}, {"a": 1}, [("required", "", "b")]),
        ({"multipleOf": 10}, 1e23, []),
        ({"multipleOf": 3}, 1e300, [("multipleOf", "", 3)]),
        (
            {"items": {"$ref": "#/$defs/a"}, "$defs": {"a": {"maxItems": 0}}},
            [[], [1], *[[]] * 9, [1]],
            [("maxItems", "/1", 0), ("maxItems", "/11", 0)],
        ),
        (
            {"properties": {"a/b": {"properties": {"c~d": {"minimum": 1}}}}},
            {"a/b": {"c~d": 0}},
            [("minimum", "/a~1b/c~0d", 1)],
        ),
    ],
)
def test_issues_tell_keyword_pointer_and_limit(
    engine: Engine, schema: dict[str, Any], value: Any, expected: list[tuple[str, str, object]]
) -> None:
    assert told(engine, schema, value) == expected


def test_the_schema_may_refer_to_itself_as_a_whole(engine: Engine) -> None:
    """With ``$schema`` in it, at which jsonschema would leave our keywords for its own."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "properties": {"child": {"$ref": "#"}},
        "additionalProperties": False,
    }
    assert told(engine, schema, {"child": {"child": {"x": 1}}}) == [("additionalProperties", "/child/child/x", None)]


def test_the_pointer_of_an_issue_continues_the_given_one(engine: Engine) -> None:
    (issue,) = engine.compile({"properties": {"tool": {"type": "string"}}}).issues({"tool": 1}, "/data")
    assert issue.pointer == "/data/tool"
    assert issue.message == "expected a string"


def test_a_pointer_stops_before_a_name_that_is_rather_payload(engine: Engine) -> None:
    schema = {"additionalProperties": {"additionalProperties": {"type": "string"}}}
    assert told(engine, schema, {"a": {"x" * 128: 1, "y" * 129: 1}}) == [
        ("type", f"/a/{'x' * 128}", "string"),
        ("type", "/a", "string"),
    ]


def test_issues_are_bounded_and_the_rest_is_counted(engine: Engine) -> None:
    issues = engine.compile({"items": {"type": "string"}}).issues([0] * 250, "/data")
    assert len(issues) == 101
    assert (issues[-1].keyword, issues[-1].pointer, issues[-1].message) == (
        "too_many_issues",
        "/data",
        "150 further issues are not told",
    )


def test_an_empty_member_name_is_missing_from_pointers_of_jsonschema_rs(engines: Mapping[str, Engine]) -> None:
    """The one known difference: a fault of jsonschema-rs 0.60. When this fails, it is mended."""
    schema = {"properties": {"": {"type": "string"}}}
    assert told(engines["jsonschema"], schema, {"": 1}) == [("type", "/", "string")]
    assert told(engines["jsonschema-rs"], schema, {"": 1}) == [("type", "", "string")]


def test_a_value_too_deep_for_the_stack_is_invalid() -> None:
    """The reference engine recurses; values of such a depth do not get past the guards."""
    value: Any = 0
    for _ in range(2_000):
        value = [value]
    validator = ReferenceEngine().compile({"items": {"$ref": "#"}})
    assert not validator.is_valid(value)
    assert [issue.keyword for issue in validator.issues(value)] == ["too_deep"]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "strin"},
        {"minLength": "a"},
        {"properties": {"a": 5}},
        {"pattern": "("},
        {"patternProperties": {"(": True}},
        {"format": "email"},
        {"items": {"format": "no-such-format"}},
        {"$ref": "#/$defs/missing"},
        {"$ref": "urn:test:missing/1.0.0"},
        {"items": {"$ref": "https://example.org/schema"}},
        {"items": {"$ref": "file:///etc/hostname"}},
    ],
)
def test_a_schema_that_cannot_be_used_is_refused_when_it_is_compiled(engine: Engine, schema: dict[str, Any]) -> None:
    with pytest.raises(SchemaError, match=r"schema 'urn:test:broken/1\.0\.0'"):
        engine.compile({"$id": "urn:test:broken/1.0.0", **schema})


def test_a_schema_may_refer_to_its_resources(engine: Engine) -> None:
    resource = {"$id": "urn:test:shared/1.0.0", "$defs": {"short": {"type": "string", "maxLength": 3}}}
    validator = engine.compile({"items": {"$ref": "urn:test:shared/1.0.0#/$defs/short"}}, [resource])
    assert [(issue.keyword, issue.pointer) for issue in validator.issues(["abc", "abcd", 1])] == [
        ("maxLength", "/1"),
        ("type", "/2"),
    ]


def test_later_changes_to_a_schema_have_no_effect(engine: Engine) -> None:
    schema: dict[str, Any] = {"properties": {"a": {"type": "string"}}}
    validator = engine.compile(schema)
    schema["properties"]["a"]["type"] = "integer"
    assert validator.is_valid({"a": "text"})


def test_a_schema_of_python_values_is_read_as_json(engine: Engine) -> None:
    assert engine.compile({"enum": ("a", {"b": (1,)})}).is_valid({"b": [1]})


@pytest.mark.parametrize(
    ("schema", "value", "text"),
    [
        ({"required": ["a"]}, {}, 'the field "a" is required'),
        ({"type": ["integer", "null"]}, "x", "expected a whole number or null"),
        ({"enum": list(range(20))}, "x", "expected one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 8 more"),
        ({"enum": ["a"]}, "x", 'expected "a"'),
        ({"const": "y" * 1000}, "x", f'expected "{"y" * 199}…'),
        ({"minLength": 1}, "", "expected at least 1 character"),
        ({"maxItems": 2}, [1, 2, 3], "expected at most 2 items"),
        ({"exclusiveMinimum": 0}, 0, "expected a number greater than 0"),
        ({"format": "date-time"}, "x", "expected a timestamp such as 2026-01-31T12:00:00Z (RFC 3339)"),
    ],
)
def test_issue_texts_say_what_was_expected(engine: Engine, schema: dict[str, Any], value: Any, text: str) -> None:
    assert [issue.message for issue in engine.compile(schema).issues(value)] == [text]


@pytest.mark.parametrize("name", ["jsonschema", "jsonschema-rs"])
def test_an_engine_is_loaded_by_its_name(engines: Mapping[str, Engine], name: str) -> None:
    assert load_engine(name).name == name
    assert type(load_engine(name)) is type(engines[name])


def test_auto_is_the_fast_engine_where_it_is_installed(engines: Mapping[str, Engine]) -> None:
    assert load_engine("auto").name == load_engine().name == "jsonschema-rs"
    assert ("auto", *engines) == ENGINES


def test_without_the_fast_engine_auto_is_the_reference_and_asking_for_the_other_says_how_to_get_it() -> None:
    program = """
import importlib.util, sys
find_spec = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name == "jsonschema_rs" else find_spec(name, package)
from eventyard.errors import SettingsError
from eventyard.schemas import load_engine
print(load_engine().name)
try:
    load_engine("jsonschema-rs")
except SettingsError as error:
    print(error)
print("jsonschema_rs" in sys.modules)
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == [
        "jsonschema",
        "validation.engine is 'jsonschema-rs', which is not installed: pip install 'eventyard[fast]'",
        "False",
    ]


def test_an_unknown_engine_is_a_settings_error() -> None:
    with pytest.raises(SettingsError, match="'fastjsonschema', expected one of auto, jsonschema, jsonschema-rs"):
        load_engine("fastjsonschema")
