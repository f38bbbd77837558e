"""What each kind of change is called, and the example that shows it."""

import copy
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from eventyard.errors import SchemaError
from eventyard.schemas import read_revision
from eventyard.schemas.diff import compare_schemas

OLD: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:acme:thing/1.0.0",
    "title": "Thing",
    "description": "A thing.",
    "type": "object",
    "required": ["kind"],
    "properties": {
        "kind": {"enum": ["a", "b"]},
        "n": {"type": "integer", "minimum": 0},
        "s": {"type": "string", "maxLength": 10, "pattern": "^[a-z]*$"},
        "xs": {"type": "array", "items": {"type": "string", "maxLength": 5}, "maxItems": 3},
    },
    "examples": [{"kind": "a"}, {"kind": "b", "n": 1, "s": "x", "xs": ["a"]}],
}

Edit = Callable[[dict[str, Any], dict[str, Any]], Any]


def edited(edit: Edit, version: str = "9.0.0") -> dict[str, Any]:
    """The schema after ``edit``, which is given the schema and its properties."""
    new = copy.deepcopy(OLD)
    new["$id"] = f"urn:acme:thing/{version}"
    edit(new, new["properties"])
    return new


@pytest.mark.parametrize(
    ("edit", "level", "path"),
    [
        (lambda d, _: d.update(description="Other words."), "compatible", None),
        (lambda d, p: (d.update({"$defs": {"n": p["n"]}}), p.update(n={"$ref": "#/$defs/n"})), "compatible", None),
        (lambda _, p: p.update(n={"anyOf": [p["n"], {"type": "integer", "minimum": 5}]}), "compatible", None),
        (lambda _, p: p["s"].update(pattern="^(?:[a-m]|[n-z])*$"), "compatible", None),
        (lambda _, p: p.update(z={"type": "string"}), "minor", "/z"),
        (lambda _, p: p["kind"]["enum"].append("c"), "minor", "/kind"),
        (lambda _, p: p["n"].update(minimum=-1), "minor", "/n"),
        (lambda _, p: p["s"].update(maxLength=11), "minor", "/s"),
        (lambda _, p: p["s"].update(pattern="^[a-z0-9]*$"), "minor", "/s"),
        (lambda _, p: p.pop("n"), "minor", "/n"),
        (lambda d, p: (p.update(z={}), d["required"].append("z")), "major", ""),
        (lambda d, p: (p.pop("kind"), d.update(required=[])), "major", ""),
        (lambda d, _: d.update(required=[]), "major", ""),
        (lambda _, p: p["kind"].update(enum=["a"]), "major", "/kind"),
        (lambda _, p: p["kind"]["enum"].append(None), "major", "/kind"),
        (lambda _, p: p["n"].update(type="string"), "major", "/n"),
        (lambda _, p: p["n"].update(type="number"), "major", "/n"),
        (lambda _, p: p["n"].update(minimum=1), "major", "/n"),
        (lambda _, p: p["n"].update(multipleOf=2), "major", "/n"),
        (lambda _, p: p["s"].update(maxLength=9), "major", "/s"),
        (lambda _, p: p["s"].update(pattern="^[a-y]*$"), "major", "/s"),
        (lambda _, p: p["s"].update(format="date"), "major", "/s"),
        (lambda _, p: p["xs"].update(maxItems=2), "major", "/xs"),
        (lambda _, p: p["xs"].update(uniqueItems=True), "major", "/xs"),
        (lambda _, p: p["xs"]["items"].update(maxLength=4), "major", "/xs/0"),
        (lambda d, _: d.update(additionalProperties=False), "major", "/other"),
        (lambda d, _: d.update(maxProperties=2), "major", ""),
        (lambda d, _: d.update(propertyNames={"maxLength": 4}), "major", ""),
        (lambda _, p: p["s"].update({"not": {"const": "x"}}), "major", "/s"),
    ],
)
def test_a_change_has_its_level_and_an_example(edit: Edit, level: str, path: str | None) -> None:
    comparison = compare_schemas(OLD, edited(edit))
    assert str(comparison.level) == level
    if path is None:
        assert comparison.changes == ()
    else:
        assert comparison.changes[0].path == path
        assert comparison.changes[0].example is not None


def test_what_cannot_be_shown_to_be_compatible_is_major_and_says_why() -> None:
    comparison = compare_schemas(OLD, edited(lambda _, p: p["n"].update(oneOf=[{"minimum": 3}, {"maximum": 2}])))
    assert str(comparison.level) == "major"
    assert "cannot be shown" in comparison.changes[0].reason


@pytest.mark.parametrize(
    ("version", "edit", "expected"),
    [
        ("1.0.1", lambda d, _: d.update(title="T"), None),
        ("1.1.0", lambda _, p: p.update(z={"type": "string"}), None),
        ("2.0.0", lambda _, p: p.pop("kind"), None),
        ("1.0.0", lambda d, _: d.update(title="T"), "1.0.1"),
        ("1.0.1", lambda _, p: p.update(z={"type": "string"}), "1.1.0"),
        ("1.9.0", lambda _, p: p["kind"].update(enum=["a"]), "2.0.0"),
        ("0.9.0", lambda d, _: d.update(title="T"), "lower"),
    ],
)
def test_the_version_has_to_fit_the_level(version: str, edit: Edit, expected: str | None) -> None:
    problem = compare_schemas(OLD, edited(edit, version)).problem
    assert problem is None if expected is None else problem is not None and expected in problem


def test_a_definition_that_others_refer_to_is_compared_too() -> None:
    library = {key: OLD[key] for key in ("$schema", "title", "description")} | {"$id": "urn:acme:common/1.0.0"}
    old = library | {"$defs": {"a": {"maxLength": 5}, "b": True}}
    new = library | {"$defs": {"a": {"maxLength": 4}}, "$id": "urn:acme:common/1.1.0"}
    assert sorted(change.pointer for change in compare_schemas(old, new).changes) == ["/$defs/a/maxLength", "/$defs/b"]


def test_a_schema_outside_the_profile_is_not_compared() -> None:
    with pytest.raises(SchemaError, match="leaves the schema profile"):
        compare_schemas(OLD, edited(lambda _, p: p["s"].update(format="email")))


def test_recursive_schemas_are_compared_to_the_end() -> None:
    old = edited(lambda _, p: p.update(child={"$ref": "#"}), "1.0.0")
    new = edited(lambda _, p: p.update(child={"$ref": "#"}, n={"type": "integer", "minimum": 1}))
    (change,) = compare_schemas(old, new).changes
    assert (change.path, change.keyword) == ("/n", "minimum")


@pytest.mark.parametrize(
    "name", ["git:main", "git::x", "git:--help:x", "git:no-such-revision:x", "git:HEAD:no/such/file.json"]
)
def test_a_revision_that_is_not_there_is_told(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    subprocess.run(["git", "init", "-q"], check=True)
    with pytest.raises(SchemaError):
        list(read_revision(name))
