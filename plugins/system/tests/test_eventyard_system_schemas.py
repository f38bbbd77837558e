"""What each event type accepts, and what it refuses."""

from typing import Any

import pytest
from eventyard_system import SystemPlugin
from jsonschema import Draft202012Validator

Validators = dict[str, Draft202012Validator]

TYPES = [event_type.name for event_type in SystemPlugin().event_types()]


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


LIVE = {"client": "c1", "namespace": "/tools", "state": "live"}
BEAT = {"uptime_seconds": 60, "clients": 2, "events_accepted": 7}


@pytest.mark.parametrize(
    ("name", "data", "keyword"),
    [
        pytest.param("connection_status", {"client": "c1", "namespace": "/tools"}, "required", id="no state"),
        pytest.param("connection_status", {**LIVE, "state": "asleep"}, "enum", id="an unknown state"),
        pytest.param("connection_status", {**LIVE, "previous": "asleep"}, "enum", id="an unknown previous state"),
        pytest.param("connection_status", {**LIVE, "client": ""}, "minLength", id="a client without an id"),
        pytest.param("connection_status", {**LIVE, "address": None}, "type", id="an address that is null"),
        pytest.param("heartbeat", {"uptime_seconds": 60, "clients": 2}, "required", id="no number of events"),
        pytest.param("heartbeat", {**BEAT, "uptime_seconds": -1}, "minimum", id="a negative uptime"),
        pytest.param("heartbeat", {**BEAT, "clients": 1.5}, "type", id="half a client"),
        pytest.param("heartbeat", {**BEAT, "clients": 2**53}, "maximum", id="a number that JavaScript cannot hold"),
        pytest.param("heartbeat", {**BEAT, "status": "fine"}, "enum", id="an unknown status"),
        pytest.param("heartbeat", {**BEAT, "streams": {"tools": 1}}, "type", id="a stream that is a number"),
    ],
)
def test_what_is_refused(name: str, data: dict[str, Any], keyword: str, validators: Validators) -> None:
    """Each of these breaks a rule of its schema."""
    assert keyword in {issue.validator for issue in validators[name].iter_errors(data)}


def test_a_new_connection_has_no_previous_state(validators: Validators) -> None:
    """``previous`` is null for a new connection."""
    validators["connection_status"].validate({**LIVE, "previous": None})
