"""defaults < preset < file < environment < runtime arguments."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from eventyard.settings import Layer, Settings, load_settings
from hypothesis import given
from hypothesis import strategies as st

LAYERS = [Layer.FILE, Layer.ENVIRONMENT, Layer.ARGUMENT]


@given(values=st.dictionaries(st.sampled_from(LAYERS), st.integers(0, 65535)), preset=st.booleans())
def test_the_strongest_layer_that_names_a_key_wins_and_is_its_origin(values: dict[Layer, int], preset: bool) -> None:
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "config.toml"
        file.write_text(f"[socketio]\nport = {values[Layer.FILE]}\n" if Layer.FILE in values else "")
        loaded = load_settings(
            env="testing" if preset else None,
            config=file,
            environ={"SOCKETIO_PORT": str(values[Layer.ENVIRONMENT])} if Layer.ENVIRONMENT in values else {},
            arguments={"port": values[Layer.ARGUMENT]} if Layer.ARGUMENT in values else {},
        )
    ranked = [(Layer.DEFAULT, 8765), *([(Layer.PRESET, 8766)] if preset else [])]
    ranked += [(layer, values[layer]) for layer in LAYERS if layer in values]
    assert (loaded.origins["port"].layer, loaded.settings.port) == ranked[-1]


def test_without_any_layer_everything_is_default() -> None:
    loaded = load_settings(environ={})
    assert loaded.settings == Settings()
    assert {str(origin) for origin in loaded.origins.values()} == {"default"}
    assert loaded.warnings == ()


def test_each_value_knows_where_it_comes_from(tmp_path: Path) -> None:
    file = tmp_path / "my.yaml"
    file.write_text("socketio:\n  delivery: {stall_timeout: 5}\nplugin:\n  tool: {limit: 3}\n")
    loaded = load_settings(
        env="testing",
        config=file,
        environ={"SOCKETIO_BUFFER_SIZE": "7"},
        assignments=["validation.max_depth=9"],
        arguments={"host": "::1"},
    )
    told = {key: str(origin) for key, origin in loaded.origins.items() if origin.layer is not Layer.DEFAULT}
    assert told == {
        "host": "runtime argument host",
        "port": "preset testing",
        "debug": "preset testing",
        "log_level": "preset testing",
        "cors_origins": "preset testing",
        "heartbeat_interval": "preset testing",
        "delivery.stall_timeout": f"{file}, socketio.delivery.stall_timeout",
        "plugin.tool.limit": f"{file}, plugin.tool.limit",
        "max_buffer_size": "environment variable SOCKETIO_BUFFER_SIZE",
        "validation.max_depth": "runtime argument validation.max_depth",
    }


@pytest.mark.parametrize(
    "arguments",
    [{"validation": {"max_depth": 9}}, {"validation.max_depth": 9}],
    ids=["nested", "with a dot"],
)
def test_groups_can_be_given_nested_or_with_a_dot(arguments: dict[str, Any]) -> None:
    assert load_settings(environ={}, arguments=arguments).settings.validation.max_depth == 9


def test_arguments_of_programs_may_be_paths_and_tuples(tmp_path: Path) -> None:
    settings = load_settings(
        environ={}, arguments={"data_dir": tmp_path, "allowed_hosts": ("yard.local",), "cors_origins": ["http://a"]}
    ).settings
    assert settings.data_dir == str(tmp_path)
    assert settings.allowed_hosts == ("yard.local",)
    assert settings.cors_origins == ("http://a",)


def test_plugin_tables_of_several_layers_are_joined(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[plugin.tool]\nlimit = 3\nname = "a"\n')
    settings = load_settings(
        config=file, environ={}, assignments=["plugin.tool.limit=4"], arguments={"plugin": {"file": {"roots": ["/"]}}}
    ).settings
    assert settings.plugin == {"tool": {"limit": 4, "name": "a"}, "file": {"roots": ["/"]}}


@pytest.mark.parametrize(
    ("text", "value"), [("3", 3), ("true", True), ('["a"]', ["a"]), ("plain", "plain"), ("a=b", "a=b"), ("", "")]
)
def test_an_assignment_to_a_plugin_is_json_where_it_reads_as_json(text: str, value: object) -> None:
    assert load_settings(environ={}, assignments=[f"plugin.tool.x={text}"]).settings.plugin == {"tool": {"x": value}}


def test_a_key_in_a_plugin_table_may_contain_dots(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text('plugin: {webhook: {"https://example.com": {retries: 2}}}')
    loaded = load_settings(config=file, environ={})
    assert loaded.settings.plugin == {"webhook": {"https://example.com": {"retries": 2}}}


def test_a_home_directory_is_written_out() -> None:
    assert load_settings(environ={}, arguments={"data_dir": "~/yard"}).settings.data_dir == str(Path.home() / "yard")


def test_changes_leave_the_rest_and_the_original_alone() -> None:
    before = Settings(port=1, plugin={"tool": {"limit": 3}})
    after = before.with_changes(host="::1", **{"validation.engine": "jsonschema"}, delivery={"stall_timeout": 2.5})
    assert (after.port, after.host, after.validation.engine, after.delivery.stall_timeout) == (
        1,
        "::1",
        "jsonschema",
        2.5,
    )
    assert after.plugin == before.plugin
    assert before == Settings(port=1, plugin={"tool": {"limit": 3}})
