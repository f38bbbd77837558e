"""Loading settings: defaults, preset, user file, environment variables, runtime arguments; the later wins."""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eventyard.settings.environment import PRESET_VARIABLE, read_environment
from eventyard.settings.file import find_file, read_file
from eventyard.settings.flattening import Collected, flatten
from eventyard.settings.key import known_keys
from eventyard.settings.origin import DEFAULT, Layer, Origin
from eventyard.settings.presets import PRESETS
from eventyard.settings.problem import shown
from eventyard.settings.settings import Settings

__all__ = ["LoadedSettings", "collect_settings", "load_settings"]


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """Checked settings, and how they came about.

    Attributes:
        settings: The settings.
        origins: Where each value comes from, by key: ``port``, ``validation.engine``, ``plugin.<name>.<setting>``.
        warnings: What looks like a mistake and is not certainly one, in plain sentences.
    """

    settings: Settings
    origins: Mapping[str, Origin]
    warnings: tuple[str, ...]


def load_settings(
    *,
    env: str | None = None,
    config: str | Path | None = None,
    assignments: Iterable[str] = (),
    arguments: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
) -> LoadedSettings:
    """Load and check the settings of all layers.

    Args:
        env: The preset: development, production or testing; when ``None``, ``SOCKETIO_ENV`` says.
        config: The user's file; when ``None``, ``EVENTYARD_CONFIG`` names it, or it is ``config.toml`` or
            ``config.yaml`` in the user's configuration directory, if there is one.
        assignments: Runtime arguments as texts ``key=value``.
        arguments: Runtime arguments by key, stronger than ``assignments``; groups nested or with a dot.
        environ: The environment variables; those of the process when ``None``.

    Raises:
        InvalidSettings: With everything that is wrong, not only the first.
        SettingsError: The file does not exist or cannot be parsed.
    """
    collected = collect_settings(env=env, config=config, assignments=assignments, arguments=arguments, environ=environ)
    settings = Settings.from_collected(collected)
    origins = {key: collected.origins.get(key, DEFAULT) for key in settings.to_flat()}
    return LoadedSettings(settings, origins, tuple(collected.warnings))


def collect_settings(
    *,
    env: str | None = None,
    config: str | Path | None = None,
    assignments: Iterable[str] = (),
    arguments: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Collected:
    """What all layers above the defaults say, not yet checked; the arguments are those of :func:`load_settings`."""
    environ = os.environ if environ is None else environ
    collected = Collected()
    _apply_preset(collected, env, environ)
    path = find_file(collected, config, environ)
    if path is not None:
        read_file(collected, path)
    read_environment(collected, environ)
    _apply_assignments(collected, assignments)
    flatten(collected, arguments or {}, _argument, plugin_tables=True)
    return collected


def _apply_preset(collected: Collected, env: str | None, environ: Mapping[str, str]) -> None:
    if env is not None:
        name, origin = env, Origin(Layer.ARGUMENT, "env")
    elif environ.get(PRESET_VARIABLE):
        name, origin = environ[PRESET_VARIABLE], Origin(Layer.ENVIRONMENT, PRESET_VARIABLE)
    else:
        return
    if name not in PRESETS:
        collected.refuse("env", f"expected one of {', '.join(PRESETS)}, got {shown(name)}", origin)
        return
    for key, value in PRESETS[name].items():
        collected.put(key, value, Origin(Layer.PRESET, name))


def _apply_assignments(collected: Collected, assignments: Iterable[str]) -> None:
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        key = key.strip()
        if not equals:
            collected.refuse(key, "expected key=value", _argument(key))
        elif not key:
            collected.refuse("set", "expected key=value, got no key before the =", _argument("set"))
        elif key in known_keys():
            collected.put(key, known_keys()[key].parse(text), _argument(key))
        else:
            flatten(collected, {key: _any_value(text)}, _argument, plugin_tables=True)


def _argument(key: str) -> Origin:
    return Origin(Layer.ARGUMENT, key)


def _any_value(text: str) -> Any:
    # The types of plugins' settings are not known here: what reads as JSON is JSON, anything else is text.
    try:
        return json.loads(text)
    except ValueError:
        return text
