"""The examples in the README are true."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from eventyard import Event
from eventyard_system import SystemNamespace, SystemPlugin
from eventyard_system.settings import DEFAULTS
from jsonschema import Draft202012Validator

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def examples() -> list[Any]:
    """The JSON blocks: the events, and the state after them."""
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", README, re.DOTALL)]


def test_the_events_satisfy_their_schemas(examples: list[Any], validators: dict[str, Draft202012Validator]) -> None:
    """The events satisfy the schemas of their types."""
    events, _ = examples
    for event in events:
        validators[event["type"]].validate(event["data"])


def test_the_events_lead_to_the_state(examples: list[Any]) -> None:
    """After the events the namespace is in the state that is shown."""
    events, state = examples
    namespace = SystemNamespace()
    for event in events:
        namespace.apply(Event(event))
    assert namespace.snapshot() == state


def test_all_event_types_are_listed() -> None:
    """The table of event types is complete."""
    listed = re.findall(r"^\| `([a-z_]+)` \| [^|`]+ \| \*\*", README, re.MULTILINE)
    assert listed == [each.name for each in SystemPlugin().event_types()]


def test_all_settings_are_listed_with_their_defaults() -> None:
    """The table of settings is complete, and its defaults are right."""
    listed = re.findall(r"^\| `([a-z_]+)` \| `?(\[.*\]|[0-9]+)`? \|", README, re.MULTILINE)
    assert {name: json.loads(default) for name, default in listed} == DEFAULTS
