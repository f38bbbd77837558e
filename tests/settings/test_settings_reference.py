"""The dataclass, the schema and the documentation say the same."""

import dataclasses
import json
from pathlib import Path
from typing import Any, get_args, get_type_hints

import jsonschema
import pytest
from eventyard.settings import Settings
from eventyard.settings.key import Key, config_schema, known_keys
from eventyard.settings.presets import PRESETS

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "configuration.md"

# The names in the configuration table of the specification.
SPECIFIED = {
    "host": ("localhost", "SOCKETIO_HOST"),
    "port": (8765, "SOCKETIO_PORT"),
    "cors_origins": ("*", "SOCKETIO_CORS"),
    "heartbeat_interval": (60, "SOCKETIO_HEARTBEAT"),
    "max_buffer_size": (1000, "SOCKETIO_BUFFER_SIZE"),
    "connection_timeout": (30, "SOCKETIO_TIMEOUT"),
}
KEYS = list(known_keys().values())


def annotation(key: str) -> Any:
    """The type that the dataclasses give a setting."""
    group, _, name = key.rpartition(".")
    owner = get_type_hints(Settings)[group] if group else Settings
    return get_type_hints(owner)[name]


def documented_rows() -> dict[str, list[str]]:
    """The rows of the documentation's table, by key."""
    rows = [
        line.strip("| \n").split(" | ") for line in DOCUMENTATION.read_text().splitlines() if line.startswith("| `")
    ]
    return {cells[0].strip("`"): cells[1:] for cells in rows if len(cells) == 4 and "SOCKETIO" in cells[2]}


def test_the_schema_is_a_valid_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(config_schema())


def test_the_dataclass_and_the_schema_have_the_same_keys_in_the_same_order() -> None:
    assert list(Settings().to_flat()) == list(known_keys())


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_a_default_of_the_dataclass_is_the_one_of_the_schema(key: Key) -> None:
    if key.name == "data_dir":
        assert "default" not in key.schema, "it depends on the platform"
    else:
        assert Settings().to_flat()[key.name] == key.schema["default"]


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_a_type_of_the_dataclass_is_the_one_of_the_schema(key: Key) -> None:
    declared = annotation(key.name)
    if "enum" in key.schema:
        assert get_args(declared) == tuple(key.schema["enum"])
        return
    expected = {
        "string": str,
        "integer": int,
        "number": float,
        "boolean": bool,
        "array": tuple[str, ...],
        "string or array": str | tuple[str, ...],
    }
    kind = key.schema["type"]
    assert declared == expected[kind if isinstance(kind, str) else " or ".join(kind)]


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_a_key_has_the_variable_of_the_specification_or_the_one_of_the_rule(key: Key) -> None:
    by_rule = "SOCKETIO_" + key.name.upper().replace(".", "_")
    if key.name in SPECIFIED:
        assert key.variables == (SPECIFIED[key.name][1],)
    elif key.name == "token":
        assert key.variables == ("EVENTYARD_TOKEN", by_rule)
    else:
        assert key.variables == (by_rule,)


@pytest.mark.parametrize("key", SPECIFIED)
def test_a_default_is_the_one_of_the_specification(key: str) -> None:
    assert Settings().to_flat()[key] == SPECIFIED[key][0]


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_the_documentation_tells_default_variable_and_meaning(key: Key) -> None:
    default, variables, meaning = documented_rows()[key.name]
    assert default == (f"`{json.dumps(key.schema['default'])}`" if "default" in key.schema else "the platform's")
    assert variables == ", ".join(f"`{name}`" for name in key.variables)
    assert meaning == key.schema["description"]


def test_the_documentation_has_no_other_key() -> None:
    assert set(documented_rows()) == set(known_keys())


def test_the_documentation_tells_the_presets() -> None:
    text = DOCUMENTATION.read_text()
    for key in PRESETS["production"]:
        cells = " | ".join(f"`{json.dumps(PRESETS[name][key])}`" for name in ("development", "production", "testing"))
        assert f"| `{key}` | {cells} |" in text


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_every_key_is_explained(key: Key) -> None:
    assert key.schema["title"]
    assert key.schema["description"].endswith(".")
    assert key.expectation


def test_settings_cannot_be_changed_in_place() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc]  # that it is an error is the point
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().validation.max_depth = 1  # type: ignore[misc]  # that it is an error is the point
