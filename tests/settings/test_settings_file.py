"""The user's file: where it is found, what it may hold, and what is said when it cannot be used."""

from pathlib import Path

import pytest
from eventyard.errors import SettingsError
from eventyard.settings import InvalidSettings, Settings, load_settings

TOML = """
[socketio]
port = 9000
cors_origins = ["https://a.example", "https://b.example"]
[socketio.plugins]
disable = ["file"]
[plugin.tool]
limit = 3
"""
YAML = """
socketio:
  port: 9000
  cors_origins: [https://a.example, https://b.example]
  plugins:
    disable: [file]
plugin:
  tool:
    limit: 3
"""


def write(path: Path, text: str) -> Path:
    """``path``, with ``text`` in it."""
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(("name", "text"), [("c.toml", TOML), ("c.yaml", YAML), ("c.yml", YAML)])
def test_toml_and_yaml_say_the_same(tmp_path: Path, name: str, text: str) -> None:
    settings = load_settings(config=write(tmp_path / name, text), environ={}).settings
    assert settings == Settings().with_changes(
        port=9000,
        cors_origins=["https://a.example", "https://b.example"],
        plugins={"disable": ["file"]},
        plugin={"tool": {"limit": 3}},
    )


@pytest.mark.parametrize("name", ["config.toml", "config.yaml", "config.yml"])
def test_the_file_in_the_users_configuration_directory_is_read(user_config_dir: Path, name: str) -> None:
    write(user_config_dir / name, TOML if name.endswith("toml") else YAML)
    assert load_settings(environ={}).settings.port == 9000


def test_of_two_files_in_the_users_directory_one_is_read_and_the_other_is_told(user_config_dir: Path) -> None:
    write(user_config_dir / "config.toml", TOML)
    write(user_config_dir / "config.yaml", "socketio: {port: 1}")
    loaded = load_settings(environ={})
    assert loaded.settings.port == 9000
    assert loaded.warnings == (f"{user_config_dir / 'config.toml'} is read, config.yaml beside it is not",)


def test_the_variable_wins_over_the_users_directory_and_the_argument_over_both(
    tmp_path: Path, user_config_dir: Path
) -> None:
    write(user_config_dir / "config.toml", "[socketio]\nport = 1")
    by_variable = write(tmp_path / "variable.toml", "[socketio]\nport = 2")
    by_argument = write(tmp_path / "argument.toml", "[socketio]\nport = 3")
    environ = {"EVENTYARD_CONFIG": str(by_variable)}
    assert load_settings(environ=environ).settings.port == 2
    assert load_settings(config=by_argument, environ=environ).settings.port == 3


def test_a_named_file_that_is_missing_is_an_error_that_says_who_named_it(tmp_path: Path) -> None:
    missing = tmp_path / "missing.toml"
    with pytest.raises(SettingsError) as caught:
        load_settings(environ={"EVENTYARD_CONFIG": str(missing)})
    assert str(caught.value) == f"there is no configuration file {missing} (environment variable EVENTYARD_CONFIG)"


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "{}", "socketio: {}"])
def test_an_empty_file_sets_nothing(tmp_path: Path, text: str) -> None:
    assert load_settings(config=write(tmp_path / "c.yaml", text), environ={}).settings == Settings()


def test_a_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_bytes(b"\xef\xbb\xbf[socketio]\nport = 9\n")
    assert load_settings(config=file, environ={}).settings.port == 9


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("c.toml", "[socketio", "is no TOML: "),
        ("c.yaml", "socketio: [", "is no YAML: "),
        ("c.yaml", "socketio:\n  port: 1\n  port: 2\n", "is no YAML: the key port stands twice, again in line 3"),
        ("c.yaml", "- a\n- b\n", 'should hold a table named socketio, but holds ["a", "b"]'),
        ("c.yaml", "!!python/object/apply:os.getcwd []", "is no YAML: "),
        ("c.json", "{}", "should be a .toml, .yaml or .yml file"),
    ],
)
def test_a_file_that_cannot_be_parsed_is_named_with_the_reason(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    file = write(tmp_path / name, text)
    with pytest.raises(SettingsError) as caught:
        load_settings(config=file, environ={})
    assert str(caught.value).startswith(f"{file} {message}")


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="is no TOML"):
        load_settings(config=file, environ={})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("port: 1", "port: unknown key; did you mean socketio.port? ({file})"),
        ("socketio: 3", "socketio: expected a table, got 3 ({file})"),
        ("socketio:", "socketio: expected a table, got nothing ({file})"),
        ("plugin: [tool]", 'plugin: expected a table, got ["tool"] ({file}, plugin)'),
        ("plugin: {tool: 3}", "plugin.tool: expected a table, got 3 ({file}, plugin.tool)"),
        ("socketio: {validation: fast}", 'validation: expected a table, got "fast" ({file}, socketio.validation)'),
        ("socketio: {1: 2}", "1: unknown key ({file}, socketio.1)"),
        ("plugin: {1: 2}", "plugin.1: expected a table, got 2 ({file}, plugin.1)"),
    ],
)
def test_a_table_in_the_wrong_place_is_named(tmp_path: Path, text: str, message: str) -> None:
    file = write(tmp_path / "c.yaml", text)
    with pytest.raises(InvalidSettings) as caught:
        load_settings(config=file, environ={})
    assert str(caught.value.problems[0]) == message.format(file=file)
