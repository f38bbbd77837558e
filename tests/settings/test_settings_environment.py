"""Settings from environment variables."""

from typing import Any

import pytest
from eventyard.settings import Settings, load_settings
from eventyard.settings.key import Key, known_keys


def texts_of(key: Key) -> tuple[str, Any]:
    """A text for an environment variable, and the value that it stands for."""
    if "enum" in key.schema:
        return key.schema["enum"][-1], key.schema["enum"][-1]
    match key.schema["type"]:
        case "boolean":
            return str(not key.schema["default"]).lower(), not key.schema["default"]
        case "integer":
            return str(key.schema["minimum"]), key.schema["minimum"]
        case "number":
            return "0.5", 0.5
        case "array":
            return "a, b", ["a", "b"]
        case _:
            return "text", "text"


@pytest.mark.parametrize("key", known_keys().values(), ids=lambda key: key.name)
def test_every_setting_has_a_variable(key: Key) -> None:
    text, value = texts_of(key)
    for variable in key.variables:
        loaded = load_settings(environ={variable: text})
        assert loaded.settings.to_flat()[key.name] == value
        assert str(loaded.origins[key.name]) == f"environment variable {variable}"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("*", "*"),
        ("https://a.example", "https://a.example"),
        ("https://a.example, https://b.example", ("https://a.example", "https://b.example")),
        ('["https://a.example"]', ("https://a.example",)),
    ],
)
def test_origins_are_a_text_or_a_list(text: str, value: object) -> None:
    assert load_settings(environ={"SOCKETIO_CORS": text}).settings.cors_origins == value


@pytest.mark.parametrize("text", ["1", "true", "TRUE", "yes", "on"])
def test_a_switch_has_the_usual_spellings(text: str) -> None:
    assert load_settings(environ={"SOCKETIO_DEBUG": text}).settings.debug is True


def test_the_case_of_a_choice_does_not_matter() -> None:
    assert load_settings(environ={"SOCKETIO_LOG_LEVEL": "debug"}).settings.log_level == "DEBUG"


def test_an_empty_variable_counts_as_not_set() -> None:
    assert (
        load_settings(environ={"SOCKETIO_PORT": "", "SOCKETIO_ENV": "", "EVENTYARD_CONFIG": ""}).settings == Settings()
    )


def test_of_the_tokens_variables_the_first_counts() -> None:
    loaded = load_settings(environ={"SOCKETIO_TOKEN": "b", "EVENTYARD_TOKEN": "a"})
    assert loaded.settings.token == "a"
    assert str(loaded.origins["token"]) == "environment variable EVENTYARD_TOKEN"


@pytest.mark.parametrize(
    ("name", "warning"),
    [
        ("SOCKETIO_PROT", "the environment variable SOCKETIO_PROT sets nothing; did you mean SOCKETIO_PORT?"),
        (
            "SOCKETIO_CORS_ORIGINS",
            "the environment variable SOCKETIO_CORS_ORIGINS sets nothing; did you mean SOCKETIO_CORS?",
        ),
        ("SOCKETIO_XYZ", "the environment variable SOCKETIO_XYZ sets nothing"),
    ],
)
def test_an_unknown_variable_is_a_warning(name: str, warning: str) -> None:
    loaded = load_settings(environ={name: "1"})
    assert loaded.warnings == (warning,)
    assert loaded.settings == Settings()


def test_variables_of_other_programs_are_left_alone() -> None:
    assert load_settings(environ={"PORT": "1", "EVENTYARD_URL": "http://x"}).warnings == ()
