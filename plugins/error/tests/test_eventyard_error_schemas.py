"""What each event type accepts, and what it refuses."""

from typing import Any

import pytest
from eventyard_error import ErrorPlugin
from jsonschema import Draft202012Validator

Validators = dict[str, Draft202012Validator]

TYPES = [event_type.name for event_type in ErrorPlugin().event_types()]


@pytest.mark.parametrize("name", TYPES)
def test_a_schema_is_valid_and_named_after_its_type(name: str, validators: Validators) -> None:
    """A schema is valid draft 2020-12, and its identity names the type and version."""
    schema = validators[name].schema
    assert isinstance(schema, dict)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:eventyard:{name}/1.0.0"


@pytest.mark.parametrize("name", TYPES)
def test_a_schema_has_examples_that_satisfy_it(name: str, validators: Validators) -> None:
    """A schema has at least two examples, and they satisfy it."""
    schema = validators[name].schema
    assert isinstance(schema, dict)
    assert len(schema["examples"]) >= 2
    for example in schema["examples"]:
        validators[name].validate(example)


@pytest.mark.parametrize("name", TYPES)
def test_a_sender_may_say_more(name: str, validators: Validators) -> None:
    """Members that the schema does not know are welcome."""
    schema = validators[name].schema
    assert isinstance(schema, dict)
    validators[name].validate(schema["examples"][0] | {"a_member_of_the_sender": {"is": "welcome"}})


@pytest.mark.parametrize(
    ("name", "data", "keyword"),
    [
        pytest.param("error", {"kind": "tool_failed"}, "required", id="an error without a message"),
        pytest.param("error", {"message": "Exit code 3"}, "required", id="an error without a kind"),
        pytest.param("error", {"message": "Exit code 3", "kind": "Tool failed"}, "pattern", id="a kind with a space"),
        pytest.param("error", {"message": "Exit code 3", "kind": "a" * 65}, "pattern", id="a kind that is too long"),
        pytest.param("error", {"message": 3, "kind": "tool_failed"}, "type", id="a message that is no text"),
        pytest.param(
            "error", {"message": "", "kind": "tool_failed", "severity": "bad"}, "enum", id="a severity of its own"
        ),
        pytest.param(
            "error", {"message": "", "kind": "event_rejected", "issues": [{}]}, "required", id="an issue without a rule"
        ),
        pytest.param("error_acknowledged", {"error_id": "1"}, "required", id="an error without its source"),
        pytest.param("error_acknowledged", {"error_source": "/a"}, "required", id="an error without its id"),
        pytest.param(
            "error_acknowledged", {"error_source": "/a", "error_id": ""}, "minLength", id="an error with an empty id"
        ),
        pytest.param(
            "error_acknowledged",
            {"error_source": "/a", "error_id": "1", "note": "n" * 4097},
            "maxLength",
            id="a note that is too long",
        ),
    ],
)
def test_what_is_refused(name: str, data: dict[str, Any], keyword: str, validators: Validators) -> None:
    """Each of these breaks a rule of its schema."""
    assert keyword in {issue.validator for issue in validators[name].iter_errors(data)}
