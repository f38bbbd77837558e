"""``eventyard config``: what is set, where it comes from, and whether it is right."""

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from eventyard.cli.settings_options import with_settings
from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from eventyard.settings import LoadedSettings

__all__ = ["config"]


@click.group()
def config() -> None:
    """Show and check the configuration."""


@config.command()
@click.option("--origin", is_flag=True, help="Show where each value comes from.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_settings
def show(*, load: Callable[[], "LoadedSettings"], origin: bool, as_json: bool) -> None:
    """Show all settings, with secrets masked."""
    from eventyard.settings import masked

    loaded = load()
    values = {key: masked(key, value) for key, value in loaded.settings.to_flat().items()}
    if as_json and origin:
        told = {key: {"value": value, "origin": str(loaded.origins[key])} for key, value in values.items()}
        click.echo(json.dumps(told, indent=2))
    elif as_json:
        click.echo(json.dumps(values, indent=2))
    else:
        lines = {key: f"{key} = {json.dumps(value)}" for key, value in values.items()}
        width = max(len(line) for line in lines.values())
        for key, line in lines.items():
            note = click.style(f"  # {loaded.origins[key]}", dim=True)
            click.echo(f"{line:{width}}{note}" if origin else line)


@config.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_settings
def validate(*, load: Callable[[], "LoadedSettings"], as_json: bool) -> None:
    """Check the settings, and those of the plugins, as the server does when it starts.

    Ends with 0 when they are right and with 1 when they are not.
    """
    problems = _problems(load)
    if as_json:
        click.echo(json.dumps({"valid": not problems, "problems": problems}, indent=2))
    elif problems:
        for problem in problems:
            click.echo(problem)
    else:
        click.echo("The configuration is valid.")
    if problems:
        sys.exit(1)


def _problems(load: Callable[[], "LoadedSettings"]) -> list[str]:
    from eventyard.cli.plugin_loading import load_plugins
    from eventyard.settings import InvalidSettings

    try:
        manager = load_plugins(load().settings)
    except InvalidSettings as error:
        return [str(problem) for problem in error.problems]
    except EventyardError as error:
        return [str(error)]
    return [f"plugin {plugin.name}: {plugin.reason}" for plugin in manager.quarantined]
