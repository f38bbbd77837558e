"""``eventyard plugins``: what is installed, whether it works, and who handles an event type."""

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from eventyard.cli.plugin_loading import load_plugins, unknown_type
from eventyard.cli.settings_options import with_settings
from eventyard.errors import PluginError

if TYPE_CHECKING:
    from eventyard.plugins import InstalledPlugin, PluginManager
    from eventyard.settings import LoadedSettings

__all__ = ["plugins"]

_COLOURS = {"active": "green", "disabled": "bright_black", "quarantined": "red"}


@click.group()
def plugins() -> None:
    """Show the plugins, and what they do with an event."""


@plugins.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_settings
def list_plugins(*, load: Callable[[], "LoadedSettings"], as_json: bool) -> None:
    """List the installed plugins.

    Ends with 1 when one of them cannot be used.
    """
    manager = _load(load)
    if as_json:
        click.echo(json.dumps({"plugins": [plugin.to_json() for plugin in manager.plugins]}, indent=2))
    elif manager.plugins:
        name_width = max(len(plugin.name) for plugin in manager.plugins)
        owner_width = max(len(str(plugin.distribution)) for plugin in manager.plugins)
        for plugin in manager.plugins:
            status = click.style(f"{plugin.status.value:12}", fg=_COLOURS[plugin.status.value])
            click.echo(f"{plugin.name:{name_width}}  {plugin.distribution!s:{owner_width}}  {status} {_about(plugin)}")
    else:
        click.echo("No plugin is installed.")
    if manager.quarantined:
        sys.exit(1)


@plugins.command()
@click.argument("type_name", metavar="TYPE")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_settings
def explain(*, load: Callable[[], "LoadedSettings"], type_name: str, as_json: bool) -> None:
    """Show who handles events of TYPE, stage by stage, in the order of the calls.

    Ends with 1 when a plugin cannot be used.
    """
    manager = _load(load)
    if type_name not in manager.types:
        raise unknown_type(type_name, manager)
    owned = manager.types[type_name]
    policy = owned.type.policy
    kept = "max_buffer_size" if policy.capacity is None else str(policy.capacity)
    schemas = f"schema of the envelope, then {owned.schema_id}"
    otherwise = {"route": owned.type.namespace, "buffer": f"{policy.mode.value}, keeps {kept}"}
    stages = _stages(manager, type_name)
    if as_json:
        described = {
            "type": type_name,
            "version": owned.version,
            "owner": {"plugin": owned.plugin, "distribution": owned.owner.name, "version": owned.owner.version},
            "namespace": owned.type.namespace,
            "policy": {"mode": policy.mode.value, "capacity": policy.capacity},
            "schemas": [manager.store.envelope_schema["$id"], owned.schema_id],
            "stages": stages,
        }
        click.echo(json.dumps(described, indent=2))
    else:
        click.echo(f"{click.style(type_name, bold=True)} {owned.version}, owned by {owned.plugin} ({owned.owner})")
        for stage, calls in stages.items():
            click.secho(stage, bold=True)
            if stage == "validate":
                click.echo(f"    {schemas}")
            for place, call in enumerate(calls, 1):
                kind = ", coroutine" if call["async"] else ""
                click.echo(f"    {place}. {call['plugin']} ({call['distribution']} {call['version']}{kind})")
            if stage in otherwise:
                click.echo(f"    {'otherwise ' if calls else ''}{otherwise[stage]}")
            elif not calls and stage != "validate":
                click.secho("    no plugin", dim=True)
    if manager.quarantined:
        sys.exit(1)


def _load(load: Callable[[], "LoadedSettings"]) -> "PluginManager":
    settings = load().settings
    try:
        return load_plugins(settings)
    except PluginError as error:
        # Unlike elsewhere, what is wrong with the plugins is what this command is asked for: exit code 1.
        raise click.ClickException(str(error)) from error


def _about(plugin: "InstalledPlugin") -> str:
    if plugin.reason is not None:
        return plugin.reason
    parts = [", ".join(plugin.types)]
    if plugin.namespaces:
        parts.append("→ " + ", ".join(plugin.namespaces))
    others = [hook for hook in plugin.hooks if hook not in ("event_types", "namespaces")]
    if others:
        parts.append("hooks " + ", ".join(others))
    return "  ".join(part for part in parts if part)


def _stages(manager: "PluginManager", type_name: str) -> dict[str, list[dict[str, Any]]]:
    from eventyard.plugins import STAGE_HOOKS

    chain = manager.chains[type_name]
    return {
        stage: [
            {
                "plugin": call.plugin.name,
                "distribution": call.plugin.distribution.name,
                "version": call.plugin.distribution.version,
                "async": call.is_async,
            }
            for call in getattr(chain, stage)
        ]
        for stage in STAGE_HOOKS
    }
