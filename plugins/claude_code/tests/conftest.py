"""What the tests of the plugin share: a plugin with a clock of ours, and a check of every event that it makes."""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import pytest
from eventyard import Event
from eventyard_agent import AgentPlugin
from eventyard_claude_code import ClaudeCodePlugin
from eventyard_error import ErrorPlugin
from eventyard_file import FilePlugin
from eventyard_schemas import read_schema
from eventyard_session import SessionPlugin
from eventyard_tool import ToolPlugin
from jsonschema import Draft202012Validator
from referencing import Registry

EVENT_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
# A path of unreserved and percent-encoded characters, which every URI reference may be (RFC 3986).
SOURCE = re.compile(r"(/([A-Za-z0-9._~-]|%[0-9A-F]{2})+){2,3}")

ENVELOPE = Draft202012Validator(read_schema("envelope/1.0.0"), registry=Registry())

EVENT_TYPES = {
    event_type.name: event_type
    for plugin in (AgentPlugin(), ErrorPlugin(), FilePlugin(), SessionPlugin(), ToolPlugin())
    for event_type in plugin.event_types()
}


@cache
def data_validator(event_type: str) -> Draft202012Validator:
    schema = EVENT_TYPES[event_type].schema
    assert isinstance(schema, Traversable)
    return Draft202012Validator(json.loads(schema.read_text("utf-8")), registry=Registry())


def assert_acceptable(event: Event) -> None:
    """The server would accept the event."""
    data_validator(event.type).validate(dict(event.data))
    # The server fills in a missing time.
    ENVELOPE.validate({"time": "2026-01-31T12:00:00Z", **event})
    assert EVENT_ID.fullmatch(event.id)
    assert SOURCE.fullmatch(event.source)


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="session")
def check_event() -> Callable[[Event], None]:
    """Check that the server would accept an event."""
    return assert_acceptable


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def plugin(clock: Clock) -> ClaudeCodePlugin:
    """A plugin as it is without any settings."""
    plugin = ClaudeCodePlugin()
    plugin.clock = clock
    return plugin


@pytest.fixture
def decode(plugin: ClaudeCodePlugin) -> Callable[..., list[Event]]:
    """Decode a body with the plugin, and check each event that it gives."""

    def decode(body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> list[Event]:
        events = plugin.decode("claude-code", body, headers or {})
        assert events is not None
        for event in events:
            assert_acceptable(event)
        return list(events)

    return decode


@pytest.fixture(scope="session")
def bodies() -> dict[str, dict[str, Any]]:
    """Real hook bodies, by the names that ``hook_bodies.jsonl`` gives them."""
    lines = Path(__file__).with_name("hook_bodies.jsonl").read_text("utf-8").splitlines()
    return {record["name"]: record["payload"] for record in map(json.loads, lines)}
