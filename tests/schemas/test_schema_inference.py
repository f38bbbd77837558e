"""Schemas made of recorded payloads."""

from collections.abc import Mapping
from typing import Any

import pytest
from eventyard.schemas import Engine, SchemaIdentity, check_document
from eventyard.schemas.infer import Inference
from hypothesis import given, settings
from hypothesis import strategies as st

IDENTITY = SchemaIdentity.parse("urn:test:case/1.0.0")


def inferred(*payloads: dict[str, Any], examples: bool = True) -> dict[str, Any]:
    """The schema made of ``payloads``."""
    inference = Inference()
    for payload in payloads:
        inference.see(payload)
    return inference.schema(IDENTITY, examples=examples)


def of_member(*values: Any) -> dict[str, Any]:
    """What is said of a member that had these values, but for its title and description."""
    described = inferred(*({"it": value} for value in values))["properties"]["it"]
    return {keyword: value for keyword, value in described.items() if keyword not in {"title", "description"}}


@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_a_schema_accepts_what_it_was_made_of_and_keeps_to_the_profile(
    engines: Mapping[str, Engine], generated: Any, data: st.DataObject
) -> None:
    payloads = data.draw(st.lists(st.dictionaries(st.text(max_size=3), generated.values, max_size=4), min_size=1))
    schema = inferred(*payloads)
    for engine in engines.values():
        validator = engine.compile(schema)
        assert [issue for payload in payloads for issue in validator.issues(payload)] == []
        findings = check_document(schema, schema["examples"], [], engine)
        assert [finding for finding in findings if not finding.warning] == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2], {"type": "integer"}),
        ([1, 2.5], {"type": "number"}),
        ([True], {"type": "boolean"}),
        (["free text", None], {"type": ["null", "string"], "maxLength": 256}),
        (["2026-01-31T12:00:00Z"], {"type": "string", "maxLength": 256, "format": "date-time"}),
        (["a:b", "https://example.org"], {"type": "string", "maxLength": 256}),
        (["read", "write"] * 10, {"enum": ["read", "write"]}),
        (["read", "write"], {"type": "string", "maxLength": 256}),
        (["x" * 257], {"type": "string", "maxLength": 4096}),
        ([[1], []], {"type": "array", "items": {"type": "integer"}, "maxItems": 1000}),
        ([{f"id{n}": 1 for n in range(200)}], {"type": "object", "additionalProperties": {"type": "integer"}}),
    ],
)
def test_a_member_is_described_by_its_values(values: list[Any], expected: dict[str, Any]) -> None:
    assert of_member(*values) == expected


def test_a_member_is_required_where_every_object_had_it() -> None:
    schema = inferred({"a": {"b": 1}}, {"a": {"b": 2, "c": 3}})
    assert schema["required"] == ["a"]
    assert schema["properties"]["a"]["required"] == ["b"]
    assert schema["properties"]["a"]["properties"]["c"]["description"] == "Seen in 1 of 2."


def test_examples_are_of_the_recording_or_left_out() -> None:
    assert inferred({"a": 1}, {})["examples"] == [{"a": 1}, {}]
    assert "examples" not in inferred({"a": 1}, {}, examples=False)


def test_what_is_too_large_to_be_described_may_be_anything(engine: Engine) -> None:
    deep: Any = 1
    for _ in range(60):
        deep = {"a": [deep]}
    wide = {f"a{n}": {f"b{m}": {"c": m} for m in range(90)} for n in range(90)}
    for payload in (deep, wide):
        schema = inferred(payload)
        assert [finding.rule for finding in check_document(schema, [], [], engine) if not finding.warning] == []
        assert engine.compile(schema).is_valid(payload)
