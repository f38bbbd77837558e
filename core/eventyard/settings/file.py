"""The user's configuration file, in TOML or YAML."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import platformdirs

from eventyard.errors import SettingsError
from eventyard.settings.flattening import Collected, flatten, flatten_plugins
from eventyard.settings.key import known_keys
from eventyard.settings.origin import Layer, Origin
from eventyard.settings.problem import shown

__all__ = ["find_file", "read_file"]

_NAMES = ("config.toml", "config.yaml", "config.yml")


def find_file(collected: Collected, given: str | Path | None, environ: Mapping[str, str]) -> Path | None:
    """The file to read: ``given``, else ``EVENTYARD_CONFIG``, else the one in the user's configuration directory."""
    if given is not None:
        return _existing(Path(given), Origin(Layer.ARGUMENT, "config"))
    if environ.get("EVENTYARD_CONFIG"):
        return _existing(Path(environ["EVENTYARD_CONFIG"]), Origin(Layer.ENVIRONMENT, "EVENTYARD_CONFIG"))
    directory = platformdirs.user_config_path("eventyard", appauthor=False)
    found = [path for path in (directory / name for name in _NAMES) if path.is_file()]
    if len(found) > 1:
        others = " and ".join(path.name for path in found[1:])
        collected.warnings.append(f"{found[0]} is read, {others} beside it is not")
    return found[0] if found else None


def _existing(path: Path, origin: Origin) -> Path:
    path = path.expanduser()
    if not path.is_file():
        message = f"there is no configuration file {path} ({origin})"
        raise SettingsError(message)
    return path


def read_file(collected: Collected, path: Path) -> None:
    """Put the settings of a file into ``collected``.

    The table ``socketio`` holds the server's settings, ``plugin.<name>`` those of a plugin.

    Raises:
        SettingsError: The file cannot be read or parsed.
    """

    def origin_of(key: str) -> Origin:
        return Origin(Layer.FILE, str(path), key)

    for name, table in _parse(path).items():
        if name == "plugin":
            flatten_plugins(collected, table, origin_of)
        elif name != "socketio":
            known = ["socketio", "plugin", *(f"socketio.{key}" for key in known_keys())]
            collected.unknown(str(name), known, origin_of(""))
        elif isinstance(table, dict):
            flatten(collected, table, lambda key: origin_of(f"socketio.{key}"), plugin_tables=False)
        else:
            collected.refuse("socketio", f"expected a table, got {shown(table)}", origin_of(""))


def _parse(path: Path) -> dict[Any, Any]:
    if path.suffix not in (".toml", ".yaml", ".yml"):
        message = f"{path} should be a .toml, .yaml or .yml file"
        raise SettingsError(message)
    try:
        text = path.read_text(encoding="utf-8-sig")
        parsed = tomllib.loads(text) if path.suffix == ".toml" else _parse_yaml(text)
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise SettingsError(message) from error
    except ValueError as error:
        message = f"{path} is no {path.suffix[1:].upper()}: {error}"
        raise SettingsError(message) from error
    if not isinstance(parsed, dict):
        message = f"{path} should hold a table named socketio, but holds {shown(parsed)}"
        raise SettingsError(message)
    return parsed


def _parse_yaml(text: str) -> Any:
    from eventyard.settings.yaml_text import parse_yaml  # noqa: PLC0415 - PyYAML takes 20 ms; TOML users need none

    return parse_yaml(text)
