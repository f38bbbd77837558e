"""The presets are the specification's configuration blocks, word for word."""

from typing import Any

import pytest
import yaml
from eventyard.settings import InvalidSettings, load_settings
from eventyard.settings.presets import PRESETS

SPECIFICATION = """
development:
  socketio:
    host: localhost
    port: 8765
    debug: true
    log_level: DEBUG
    cors_origins: "*"
    heartbeat_interval: 30
production:
  socketio:
    host: 0.0.0.0
    port: 8765
    debug: false
    log_level: INFO
    cors_origins: ["https://dashboard.example.com"]
    heartbeat_interval: 60
testing:
  socketio:
    host: localhost
    port: 8766  # Different port to avoid conflicts
    debug: false
    log_level: ERROR
    cors_origins: ["http://localhost:3000"]
    heartbeat_interval: 10
"""
BLOCKS: dict[str, Any] = yaml.safe_load(SPECIFICATION)


def test_there_are_the_three_presets_of_the_specification() -> None:
    assert list(PRESETS) == list(BLOCKS)


@pytest.mark.parametrize("name", BLOCKS)
def test_a_preset_is_the_block_of_the_specification(name: str) -> None:
    assert PRESETS[name] == BLOCKS[name]["socketio"]


@pytest.mark.parametrize("name", BLOCKS)
def test_a_preset_can_be_chosen_by_argument_or_by_variable(name: str) -> None:
    by_argument = load_settings(env=name, environ={})
    by_variable = load_settings(environ={"SOCKETIO_ENV": name})
    assert by_argument == by_variable
    assert by_argument.settings.heartbeat_interval == BLOCKS[name]["socketio"]["heartbeat_interval"]
    assert str(by_argument.origins["heartbeat_interval"]) == f"preset {name}"


def test_the_argument_wins_over_the_variable() -> None:
    assert load_settings(env="testing", environ={"SOCKETIO_ENV": "development"}).settings.port == 8766


def test_an_unknown_preset_is_refused_with_the_three_names() -> None:
    with pytest.raises(InvalidSettings) as caught:
        load_settings(environ={"SOCKETIO_ENV": "prod"})
    assert str(caught.value) == (
        "wrong setting: env: expected one of development, production, testing, "
        'got "prod" (environment variable SOCKETIO_ENV)'
    )
