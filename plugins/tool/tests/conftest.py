import json
from importlib.resources.abc import Traversable

import pytest
from eventyard_tool import ToolPlugin
from jsonschema import Draft202012Validator
from referencing import Registry


@pytest.fixture(scope="session")
def validators() -> dict[str, Draft202012Validator]:
    """A validator for each event type; it knows no schema but that one, and asserts formats."""
    return {
        each.name: Draft202012Validator(
            json.loads(each.schema.read_text("utf-8")),
            registry=Registry(),
            format_checker=Draft202012Validator.FORMAT_CHECKER,
        )
        for each in ToolPlugin().event_types()
        if isinstance(each.schema, Traversable)
    }
