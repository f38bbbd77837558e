"""What the schemas take and refuse as the payload of tool events."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

Validators = dict[str, Draft202012Validator]

START = {"tool": "Bash"}
STOP = {"tool": "Bash", "outcome": "success"}


@pytest.mark.parametrize("name", ["tool_start", "tool_stop"])
def test_a_schema_is_valid_and_named_after_its_type(name: str, validators: Validators) -> None:
    """A schema is valid draft 2020-12, and its identity names the type and version."""
    schema = validators[name].schema
    assert isinstance(schema, dict)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:eventyard:{name}/1.0.0"


@pytest.mark.parametrize("name", ["tool_start", "tool_stop"])
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
        ("tool_start", START),
        ("tool_start", START | {"input": None}),
        ("tool_start", START | {"input": ["any", {"json": 1.5}]}),
        ("tool_start", START | {"description": "x" * 1_048_576}),
        ("tool_start", START | {"a_member_of_the_sender": {"is": "welcome"}}),
        ("tool_stop", STOP | {"duration_ms": 0}),
        ("tool_stop", STOP | {"duration_ms": 0.25}),
        ("tool_stop", STOP | {"output": "text"}),
    ],
)
def test_these_payloads_are_taken(name: str, data: Any, validators: Validators) -> None:
    """What senders may say is taken, members of their own included."""
    validators[name].validate(data)


@pytest.mark.parametrize(
    ("name", "data", "keyword"),
    [
        ("tool_start", [], "type"),
        ("tool_start", {}, "required"),
        ("tool_start", {"tool": ""}, "minLength"),
        ("tool_start", {"tool": 7}, "type"),
        ("tool_start", {"tool": "a\tb"}, "pattern"),
        ("tool_start", {"tool": "x" * 257}, "maxLength"),
        ("tool_start", START | {"cwd": None}, "type"),
        ("tool_start", START | {"description": "x" * 1_048_577}, "maxLength"),
        ("tool_stop", {"tool": "Bash"}, "required"),
        ("tool_stop", {"outcome": "success"}, "required"),
        ("tool_stop", STOP | {"outcome": "lost"}, "enum"),
        ("tool_stop", STOP | {"duration_ms": -1}, "minimum"),
        ("tool_stop", STOP | {"duration_ms": "90"}, "type"),
        ("tool_stop", STOP | {"child_agent": 1}, "type"),
    ],
)
def test_these_payloads_are_refused(name: str, data: Any, keyword: str, validators: Validators) -> None:
    """What breaks one rule is refused for that rule and no other."""
    assert [error.validator for error in validators[name].iter_errors(data)] == [keyword]
