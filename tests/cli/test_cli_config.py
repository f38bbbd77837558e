"""``eventyard config``."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from eventyard.settings import Settings

Cli = Callable[..., Result]


def test_show_tells_every_setting(cli: Cli) -> None:
    result = cli("config", "show", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == Settings().to_flat()


def test_show_as_text_has_one_setting_a_line(cli: Cli) -> None:
    lines = cli("config", "show").stdout.splitlines()
    assert lines[:3] == ['host = "localhost"', "port = 8765", 'cors_origins = "*"']
    assert len(lines) == len(Settings().to_flat())


def test_show_with_origin_tells_where_each_value_comes_from(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "yard.toml"
    file.write_text("[socketio]\nmax_clients = 5\n")
    monkeypatch.setenv("SOCKETIO_BUFFER_SIZE", "9")
    arguments = ["config", "show", "--origin", "--env", "testing", "--config", str(file), "--set", "loop=asyncio"]
    told = json.loads(cli(*arguments, "--json").stdout)
    assert told["port"] == {"value": 8766, "origin": "preset testing"}
    assert told["max_clients"] == {"value": 5, "origin": f"{file}, socketio.max_clients"}
    assert told["max_buffer_size"] == {"value": 9, "origin": "environment variable SOCKETIO_BUFFER_SIZE"}
    assert told["loop"] == {"value": "asyncio", "origin": "runtime argument loop"}
    assert told["host"]["origin"] == "preset testing"
    assert told["max_batch"]["origin"] == "default"
    assert any(
        line.startswith("port = 8766 ") and line.endswith("  # preset testing")
        for line in cli(*arguments).stdout.splitlines()
    )


@pytest.mark.parametrize("options", [[], ["--json"], ["--origin"], ["--origin", "--json"]])
def test_secrets_are_masked(cli: Cli, monkeypatch: pytest.MonkeyPatch, options: list[str]) -> None:
    monkeypatch.setenv("EVENTYARD_TOKEN", "geheim")
    result = cli("config", "show", *options, "--set", "plugin.webhook.api_key=geheim")
    assert "geheim" not in result.output
    assert "********" in result.stdout


def test_warnings_go_to_standard_error(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCKETIO_PROT", "1")
    result = cli("config", "show", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["port"] == 8765
    assert (
        result.stderr == "Warning: the environment variable SOCKETIO_PROT sets nothing; did you mean SOCKETIO_PORT?\n"
    )


def test_wrong_settings_are_all_told(cli: Cli) -> None:
    result = cli("config", "show", "--set", "prot=1", "--set", "debug=perhaps")
    assert result.exit_code == 2
    assert result.stderr == (
        "Error: 2 wrong settings:\n"
        "  prot: unknown key; did you mean port? (runtime argument prot)\n"
        '  debug: expected true or false, got "perhaps" (runtime argument debug)\n'
    )


def test_validate_says_when_all_is_right(cli: Cli) -> None:
    result = cli("config", "validate", "--env", "development")
    assert (result.exit_code, result.stdout) == (0, "The configuration is valid.\n")
    assert json.loads(cli("config", "validate", "--json").stdout) == {"valid": True, "problems": []}


def test_validate_ends_with_1_when_something_is_wrong(cli: Cli) -> None:
    result = cli("config", "validate", "--set", "prot=1", "--set", "debug=perhaps", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "valid": False,
        "problems": [
            "prot: unknown key; did you mean port? (runtime argument prot)",
            'debug: expected true or false, got "perhaps" (runtime argument debug)',
        ],
    }


def test_validate_checks_the_tables_of_plugins_too(cli: Cli) -> None:
    result = cli("config", "validate", "--set", "plugin.no_such_plugin.limit=1")
    assert result.exit_code == 1
    assert "no_such_plugin" in result.stdout


def test_validate_and_serve_refuse_a_token_that_no_header_can_carry(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENTYARD_TOKEN", "geheim\r")
    for command, code in (["config", "validate"], 1), (["serve", "--port", "0"], 2):
        result = cli(*command)
        assert result.exit_code == code
        assert "token: expected printable ASCII" in result.output
        assert "geheim" not in result.output
