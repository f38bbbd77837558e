"""What the schemas take and refuse as the payload of file events."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

Validators = dict[str, Draft202012Validator]

READ = {"operation": "read", "path": "app.py"}


@pytest.mark.parametrize("name", ["file_operation"])
def test_a_schema_is_valid_and_named_after_its_type(name: str, validators: Validators) -> None:
    """A schema is valid draft 2020-12, and its identity names the type and version."""
    schema = validators[name].schema
    assert isinstance(schema, dict)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:eventyard:{name}/1.0.0"


@pytest.mark.parametrize("name", ["file_operation"])
def test_a_schema_has_examples_that_satisfy_it(name: str, validators: Validators) -> None:
    """A schema has at least two examples, and they satisfy it."""
    schema = validators[name].schema
    assert isinstance(schema, dict)
    assert len(schema["examples"]) >= 2
    for example in schema["examples"]:
        validators[name].validate(example)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("file_operation", READ),
        ("file_operation", READ | {"path": "/" + "x" * 4095}),
        ("file_operation", READ | {"path": "two\nlines"}),
        ("file_operation", READ | {"lines_added": 0, "lines_removed": 0, "bytes": 0}),
        ("file_operation", READ | {"a_member_of_the_sender": {"is": "welcome"}}),
    ],
)
def test_these_payloads_are_taken(name: str, data: Any, validators: Validators) -> None:
    """What senders may say is taken, members of their own included."""
    validators[name].validate(data)


@pytest.mark.parametrize(
    ("name", "data", "keyword"),
    [
        ("file_operation", "read", "type"),
        ("file_operation", {"path": "app.py"}, "required"),
        ("file_operation", {"operation": "read"}, "required"),
        ("file_operation", READ | {"operation": "rename"}, "enum"),
        ("file_operation", READ | {"path": ""}, "minLength"),
        ("file_operation", READ | {"path": "x" * 4097}, "maxLength"),
        ("file_operation", READ | {"lines_added": -1}, "minimum"),
        ("file_operation", READ | {"lines_removed": 0.5}, "type"),
        ("file_operation", READ | {"bytes": 2**53}, "maximum"),
    ],
)
def test_these_payloads_are_refused(name: str, data: Any, keyword: str, validators: Validators) -> None:
    """What breaks one rule is refused for that rule and no other."""
    assert [error.validator for error in validators[name].iter_errors(data)] == [keyword]
