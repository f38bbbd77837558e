"""Schemas made to keep a program busy: each is refused by a bound, or costs no more than its size."""

from collections.abc import Mapping
from typing import Any

import pytest
from eventyard.schemas import Engine, check_document, check_schema, parse_schema
from eventyard.schemas.diff import compare_schemas
from eventyard.schemas.patterns import compile_pattern

WHOLE: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:test:case/1.0.0",
    "title": "Case",
    "description": "Made to be expensive.",
    "examples": [{}, {"a": 1}],
}


def chain(schema: Any, length: int) -> dict[str, Any]:
    """Definitions, each made by ``schema`` of a reference to the next."""
    defs = {f"d{n}": schema({"$ref": f"#/$defs/d{n + 1}"}) for n in range(length)}
    return {"$defs": {**defs, f"d{length}": True}, "properties": {"a": {"$ref": "#/$defs/d0"}}}


@pytest.mark.parametrize(
    ("rule", "keywords"),
    [
        ("size", {"enum": list(range(1_000_000))}),
        ("effort", chain(lambda inner: {"allOf": [inner, inner]}, 30)),
        ("effort", chain(lambda inner: {"properties": {"a": {"allOf": [inner, inner]}}}, 30)),
        ("effort", chain(lambda inner: inner, 5000)),
        ("effort", {"$defs": dict(reversed(chain(lambda inner: inner, 60)["$defs"].items()))}),
        ("effort", {"properties": {"a": {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}}}),
        ("effort", {"properties": {"a": {"$ref": "#"}}, "patternProperties": {"^a$": {"$ref": "#"}}}),
        ("effort", {"patternProperties": {f"^a{n}$": True for n in range(200)}}),
        ("pattern", {"pattern": "^(?:(?:[a-z]{1,1000}){1,1000}){1,1000}$"}),
        ("pattern", {"pattern": "^(?:a?){2000}a{2000}$"}),
        ("pattern", {"pattern": "^" + "(" * 5000 + ")" * 5000 + "$"}),
        ("cycle", {"$defs": {f"d{n}": {"$ref": f"#/$defs/d{(n + 1) % 5000}"} for n in range(5000)}}),
        ("reference", {"properties": {"a": {"$ref": "https://example.org/never-fetched"}}}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_it_is_refused_with_the_bound(rule: str, keywords: dict[str, Any]) -> None:
    assert rule in {finding.rule for finding in check_schema({**WHOLE, **keywords}) if not finding.warning}


def test_what_merely_refers_to_itself_is_allowed() -> None:
    tree = {"left": {"$ref": "#"}, "right": {"$ref": "#"}}
    assert not [each for each in check_schema({**WHOLE, "properties": tree}) if not each.warning]


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(?:a|a)*$", "^(?:a?){30}a{30}$", "^(?:a*)*$", "^a*a*a*a*a*a*$"])
def test_no_pattern_backtracks(engine: Engine, pattern: str) -> None:
    """With backtracking, this would outlast the test run."""
    assert not engine.compile({"pattern": pattern}).is_valid("a" * 3000 + "!")
    assert not compile_pattern(pattern).search("a" * 3000 + "!")


@pytest.mark.parametrize(
    "content",
    [b"[" * 100_000, b'{"a":' * 100_000, b" " * (1 << 20) + b"{}", b"\xff", b'{"a": 1, "a": 2}', b"[]", b"NaN", b""],
)
def test_a_file_that_is_no_schema_is_a_finding(content: bytes) -> None:
    file = parse_schema("hostile", content)
    assert file.document is None
    assert file.problem is not None


def test_an_example_may_be_as_hostile_as_it_likes(engine: Engine) -> None:
    schema = {**WHOLE, "properties": {"a": {"type": "string", "pattern": "^(a+)+$", "maxLength": 5000}}}
    findings = check_document(schema, [{"a": "a" * 3000 + "!"}], [], engine)
    assert [finding.pointer for finding in findings if not finding.warning] == ["/examples/0/a"]


def test_comparing_two_hostile_schemas_ends() -> None:
    """Patterns whose smallest automata are exponential, and references that meet only after many rounds."""
    old = {**WHOLE, "properties": {"s": {"type": "string", "pattern": "^(?:a|b)*a(?:a|b){200}$"}}}
    new = {
        **old,
        "$id": "urn:test:case/2.0.0",
        "properties": {"s": {"type": "string", "pattern": "^(?:a|b)*b(?:a|b){200}$"}},
    }
    assert str(compare_schemas(old, new).level) == "major"
    rings = [
        {
            **WHOLE,
            "$id": f"urn:test:case/{version}",
            "$ref": "#/$defs/d0",
            "$defs": {f"d{n}": {"properties": {"a": {"$ref": f"#/$defs/d{(n + 1) % size}"}}} for n in range(size)},
        }
        for version, size in (("1.0.0", 97), ("2.0.0", 101))
    ]
    assert compare_schemas(rings[0], rings[1]).problem is None


def test_what_is_wrong_with_thousands_of_names_is_told_by_the_hundred_first(engine: Engine) -> None:
    """Also where each error that an engine makes has a copy of all members."""
    schema = {**WHOLE, "properties": {"a": {"type": "object", "propertyNames": {"pattern": "^[a-z]+$"}}}}
    issues = engine.compile(schema).issues({"a": {f"x_{number}": None for number in range(5000)}}, "/data")
    assert [issue.keyword for issue in issues] == ["propertyNames"] * 100 + ["too_many_issues"]
    assert issues[0].pointer == "/data/a/x_0"
    assert issues[-1].message == "4900 further issues are not told"
