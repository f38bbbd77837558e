"""What the schemas take and refuse as the payload of subagent events."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

Validators = dict[str, Draft202012Validator]

START = {"agent_type": "general-purpose"}
STOP = {"agent_type": "", "outcome": "success"}
LINK = {"parent": "main"}


@pytest.mark.parametrize("name", ["subagent_start", "subagent_stop", "subagent_link"])
def test_a_schema_is_valid_and_named_after_its_type(name: str, validators: Validators) -> None:
    """A schema is valid draft 2020-12, and its identity names the type and version."""
    schema = validators[name].schema
    assert isinstance(schema, dict)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:eventyard:{name}/1.0.0"


@pytest.mark.parametrize("name", ["subagent_start", "subagent_stop", "subagent_link"])
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
        ("subagent_start", START),
        ("subagent_start", START | {"prompt": "x" * 1_048_576}),
        ("subagent_start", START | {"a_member_of_the_sender": {"is": "welcome"}}),
        ("subagent_stop", STOP),
        ("subagent_stop", STOP | {"duration_ms": 0.5}),
        ("subagent_link", LINK),
        ("subagent_link", LINK | {"tokens": 0, "background": True}),
    ],
)
def test_these_payloads_are_taken(name: str, data: Any, validators: Validators) -> None:
    """What senders may say is taken, members of their own included."""
    validators[name].validate(data)


@pytest.mark.parametrize(
    ("name", "data", "keyword"),
    [
        ("subagent_start", None, "type"),
        ("subagent_start", {}, "required"),
        ("subagent_start", {"agent_type": None}, "type"),
        ("subagent_start", {"agent_type": "x" * 257}, "maxLength"),
        ("subagent_start", START | {"prompt": "x" * 1_048_577}, "maxLength"),
        ("subagent_stop", {"agent_type": ""}, "required"),
        ("subagent_stop", STOP | {"outcome": "denied"}, "enum"),
        ("subagent_stop", STOP | {"duration_ms": -0.5}, "minimum"),
        ("subagent_link", {}, "required"),
        ("subagent_link", {"parent": ""}, "minLength"),
        ("subagent_link", LINK | {"background": "yes"}, "type"),
        ("subagent_link", LINK | {"tokens": 1.5}, "type"),
        ("subagent_link", LINK | {"tool_uses": 2**53}, "maximum"),
    ],
)
def test_these_payloads_are_refused(name: str, data: Any, keyword: str, validators: Validators) -> None:
    """What breaks one rule is refused for that rule and no other."""
    assert [error.validator for error in validators[name].iter_errors(data)] == [keyword]
