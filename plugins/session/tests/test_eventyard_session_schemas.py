"""What each event type accepts, and what it refuses."""

from typing import Any

import pytest
from eventyard_session import SessionPlugin
from jsonschema import Draft202012Validator

Validators = dict[str, Draft202012Validator]

TYPES = [event_type.name for event_type in SessionPlugin().event_types()]


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
        pytest.param("session_start", {"cwd": "/home/dev"}, "required", id="a start without a reason"),
        pytest.param("session_start", {"reason": "r" * 65}, "maxLength", id="a reason that is too long"),
        pytest.param("session_start", {"reason": "startup", "cwd": "/" * 4097}, "maxLength", id="a path too long"),
        pytest.param("session_end", {}, "required", id="an end without a reason"),
        pytest.param("session_end", {"reason": ""}, "minLength", id="an empty reason"),
        pytest.param("user_prompt", {"title": "Login"}, "required", id="no prompt"),
        pytest.param("user_prompt", {"prompt": ["Fix it"]}, "type", id="a prompt that is no text"),
        pytest.param("turn_end", {"outcome": "done"}, "enum", id="an unknown outcome"),
        pytest.param("turn_end", {"outcome": "failed", "background_tasks": {}}, "type", id="tasks that are no list"),
        pytest.param("notification", {"kind": "idle_prompt"}, "required", id="a notification without a message"),
        pytest.param("permission_request", {"input": {}}, "required", id="a permission for no tool"),
        pytest.param("permission_request", {"tool": ""}, "minLength", id="a tool without a name"),
        pytest.param("hook_event", {"hook": "Setup"}, "required", id="a hook without a body"),
        pytest.param("hook_event", {"hook": "Setup", "body": "text"}, "type", id="a body that is no object"),
    ],
)
def test_what_is_refused(name: str, data: dict[str, Any], keyword: str, validators: Validators) -> None:
    """Each of these breaks a rule of its schema."""
    assert keyword in {issue.validator for issue in validators[name].iter_errors(data)}


@pytest.mark.parametrize("reason", ["startup", "resume", "clear", "compact", "fork", "unknown", "teleport"])
def test_an_agent_may_have_its_own_reasons_to_start(reason: str, validators: Validators) -> None:
    """Reasons are not a closed list."""
    validators["session_start"].validate({"reason": reason})


@pytest.mark.parametrize("value", [None, True, 0, 1.5, "text", [1], {"a": 1}])
def test_the_input_of_a_tool_is_any_json_value(value: object, validators: Validators) -> None:
    """What a tool is called with is the tool's business."""
    validators["permission_request"].validate({"tool": "Bash", "input": value})
