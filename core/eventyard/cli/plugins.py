"""``eventyard plugins``: what is installed, whether it works, and who handles an event type."""

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from eventyard.cli.plugin_check import check
from eventyard.cli.plugin_loading import load_plugins, unknown_type
from eventyard.cli.plugin_new import new
from eventyard.cli.settings_options import with_settings
from eventyard.errors import PluginError

if TYPE_CHECKING:
    from eventyard.plugins import PluginManager
    from eventyard.settings import LoadedSettings

__all__ = ["plugins"]


@click.group()
def plugins() -> None:
    """Show the plugins and what they do with an event, check them, and make new ones."""


for command in (check, new):
    plugins.add_command(command)


@plugins.command("list")
@click.option("--long", "in_long", is_flag=True, help="Tell all that is known of each: versions, settings, origin.")
@click.option("--requirements", "as_requirements", is_flag=True, help="Print a requirements file that installs them.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_settings
def list_plugins(*, load: Callable[[], "LoadedSettings"], in_long: bool, as_requirements: bool, as_json: bool) -> None:
    """List the installed plugins.

    What --requirements prints, `pip install -r` takes: it installs the same plugins again, broken ones included.

    Ends with 1 when one of them cannot be used.
    """
    from eventyard.cli.plugin_listing import described, in_detail, one_line_each, requirements

    if as_requirements:
        lines = requirements()
        click.echo(json.dumps({"requirements": lines}, indent=2) if as_json else "\n".join(lines))
        return
    manager = _load(load)
    if as_json:
        told = [described(plugin, manager) for plugin in manager.plugins]
        click.echo(json.dumps({"plugins": told}, indent=2))
    elif in_long:
        click.echo("\n".join(line for plugin in manager.plugins for line in in_detail(described(plugin, manager))))
    else:
        click.echo("\n".join(one_line_each(manager)) or "No plugin is installed.")
    if manager.quarantined:
        sys.exit(1)


@plugins.command()
@click.argument("type_name", metavar="TYPE")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_settings
def explain(*, load: Callable[[], "LoadedSettings"], type_name: str, as_json: bool) -> None:
    """Show the versions of TYPE and who handles its events, stage by stage, in the order of the calls.

    Ends with 1 when a plugin cannot be used.
    """
    from eventyard.cli.type_explanation import explained, from_top_to_bottom

    manager = _load(load)
    if type_name not in manager.types:
        raise unknown_type(type_name, manager)
    told = explained(type_name, manager)
    for line in [json.dumps(told, indent=2)] if as_json else from_top_to_bottom(told):
        click.echo(line)
    if manager.quarantined:
        sys.exit(1)


def _load(load: Callable[[], "LoadedSettings"]) -> "PluginManager":
    from eventyard.plugins import discover

    settings = load().settings
    try:
        return load_plugins(settings)
    except PluginError as error:
        chosen = settings.plugins
        if not {*chosen.disable, *chosen.only, *chosen.required} <= {plugin.name for plugin, _ in discover()}:
            raise
        # Unlike elsewhere, what is wrong with the plugins is what this command is asked for: exit code 1.
        raise click.ClickException(str(error)) from error
