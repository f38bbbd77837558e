"""The options by which commands choose settings."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from eventyard.settings import LoadedSettings

__all__ = ["with_settings"]

_FROM_COMMAND = ("host", "port", "data_dir")


def with_settings(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options for settings; it is called with ``load``, which gives the :class:`LoadedSettings`.

    ``load`` writes the warnings to standard error. Options of the command that are named ``host``, ``port`` or
    ``data_dir`` are taken as the settings of that name.
    """

    @wraps(function)
    def command(
        *,
        env: str | None,
        config: str | None,
        assignments: tuple[str, ...],
        disable: tuple[str, ...],
        only: tuple[str, ...],
        require: tuple[str, ...],
        no_third_party: bool,
        **options: Any,
    ) -> None:
        given: dict[str, Any] = {name: options.pop(name) for name in _FROM_COMMAND if name in options}
        given["plugins.disable"] = _names(disable)
        given["plugins.only"] = _names(only)
        given["plugins.required"] = _names(require)
        given["plugins.third_party"] = False if no_third_party else None
        arguments = {key: value for key, value in given.items() if value not in (None, [])}

        def load() -> "LoadedSettings":
            from eventyard.settings import load_settings

            loaded = load_settings(env=env, config=config, assignments=assignments, arguments=arguments)
            for warning in loaded.warnings:
                click.echo(f"Warning: {warning}", err=True)
            return loaded

        function(load=load, **options)

    decorated: Callable[..., None] = command
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


_OPTIONS = (
    click.option("--env", metavar="PRESET", help="Preset: development, production or testing."),
    click.option("--config", metavar="FILE", help="Configuration file, in TOML or YAML."),
    click.option(
        "--set",
        "assignments",
        metavar="KEY=VALUE",
        multiple=True,
        help="Any setting, for example --set max_clients=500; repeatable.",
    ),
    click.option("--disable", metavar="NAME,…", multiple=True, help="Do not load these plugins; repeatable."),
    click.option("--only", metavar="NAME,…", multiple=True, help="Load no other plugins than these; repeatable."),
    click.option(
        "--require", metavar="NAME,…", multiple=True, help="Fail without these plugins instead of going on; repeatable."
    ),
    click.option("--no-third-party", is_flag=True, help="Load no plugins but those that come with Eventyard."),
)


def _names(values: tuple[str, ...]) -> list[str]:
    return [name.strip() for value in values for name in value.split(",") if name.strip()]
