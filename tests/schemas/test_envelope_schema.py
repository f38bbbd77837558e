"""The envelope: CloudEvents 1.0 in JSON, with Eventyard's extension attributes."""

from typing import Any

import pytest
from eventyard.events import Event, timestamp, uuid7
from eventyard.schemas import Engine, Validator
from eventyard_schemas import read_schema

EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "1",
    "source": "/test",
    "type": "tool_start",
    "time": "2026-01-31T12:00:00Z",
    "data": {},
}


@pytest.fixture
def envelope(engine: Engine) -> Validator:
    """The compiled schema of the envelope."""
    return engine.compile(read_schema("envelope/1.0.0"))


def test_the_six_attributes_suffice(envelope: Validator) -> None:
    assert envelope.issues(EVENT) == []


def test_an_event_that_the_server_completes_is_valid(envelope: Validator) -> None:
    event = Event.create("tool_start", source="/test", data={"tool": "Bash"}, session="s")
    assert envelope.issues({**event, "id": uuid7(), "time": timestamp()}) == []


def test_no_rule_is_about_two_attributes() -> None:
    """So that attributes which a plugin adds can be checked without the others."""
    about_all = {"$schema", "$id", "title", "description", "type", "examples", "$defs"}
    about_one = {"properties", "propertyNames", "additionalProperties"}
    assert set(read_schema("envelope/1.0.0")) == about_all | about_one | {"required"}


@pytest.mark.parametrize("name", EVENT)
def test_each_of_them_is_required(envelope: Validator, name: str) -> None:
    event = {key: value for key, value in EVENT.items() if key != name}
    assert [(issue.keyword, issue.pointer, issue.limit) for issue in envelope.issues(event)] == [("required", "", name)]


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("session", "5ce20f9a"),
        ("subject", "/home/dev/" + "x" * 4000),
        ("data", {"any": [{"thing": None}]}),
        ("type", "dev.acme.git.commit_made"),
        ("source", "https://acme.example/agents?id=1#x"),
        ("time", "2026-01-31T12:00:00.123456789+05:45"),
        ("time", "2016-12-31t23:59:60z"),
        ("sequence", "00000000000000000042"),
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        ("branch", "main"),
        ("branch", ""),
        ("attempt", -(2**31)),
        ("interactive", False),
        ("a" * 20, "x"),
    ],
)
def test_valid_attributes(envelope: Validator, attribute: str, value: Any) -> None:
    assert envelope.issues({**EVENT, attribute: value}) == []


@pytest.mark.parametrize(
    ("attribute", "value", "keyword"),
    [
        ("specversion", "0.3", "const"),
        ("id", "", "pattern"),
        ("id", "a" * 257, "maxLength"),
        ("id", 5, "type"),
        ("source", "", "minLength"),
        ("source", "not a reference", "format"),
        ("type", "ToolStart", "pattern"),
        ("type", "tool_start.", "pattern"),
        ("data", "text", "type"),
        ("data", [], "type"),
        ("datacontenttype", "text/plain", "const"),
        ("dataschema", "tool_start/1.0.0", "format"),
        ("session", "", "pattern"),
        ("subject", "two\nlines", "pattern"),
        ("host", "bell\u0007", "pattern"),
        ("agent", "next line\u0085", "pattern"),
        ("sequence", "42", "pattern"),
        ("sequence", 42, "type"),
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c", "pattern"),
        ("sampledrate", 0, "minimum"),
        ("branch", None, "type"),
        ("branch", 1.5, "type"),
        ("branch", ["main"], "type"),
        ("branch", {"name": "main"}, "type"),
        ("branch", "x" * 4097, "maxLength"),
        ("branch", "a\tb", "pattern"),
        ("attempt", 2**31, "maximum"),
        ("Branch", "main", "propertyNames"),
        ("data_base64", "AA==", "propertyNames"),
        ("a" * 21, "x", "propertyNames"),
        ("", "x", "propertyNames"),
    ],
)
def test_invalid_attributes(envelope: Validator, attribute: str, value: Any, keyword: str) -> None:
    """Each is told once, at the attribute."""
    (issue,) = envelope.issues({**EVENT, attribute: value})
    assert (issue.keyword, issue.pointer) == (keyword, f"/{attribute}")


@pytest.mark.parametrize(
    "time",
    [
        "2026-01-31",
        "2026-01-31T12:00:00",
        "2026-01-31 12:00:00Z",
        "2026-02-30T12:00:00Z",
        "2026-01-31T24:00:00Z",
        "2026-01-31T12:00:0*Z",
        "yesterday",
    ],
)
def test_invalid_times(envelope: Validator, time: str) -> None:
    assert [(issue.keyword, issue.pointer) for issue in envelope.issues({**EVENT, "time": time})] == [
        ("format", "/time")
    ]
