"""What is told when a server has started: where it is, what it knows, and how agents find it."""

import json
import sys
from importlib import import_module
from typing import Any

import click

from eventyard import __version__
from eventyard.plugins import PluginStatus
from eventyard.server import AsyncServer

__all__ = ["introduce"]


def introduce(server: AsyncServer) -> None:
    """Tell where the server is, what it knows, and how agents find it."""
    active = [plugin for plugin in server.plugins.plugins if plugin.status is PluginStatus.ACTIVE]
    click.echo(f"Eventyard {__version__} runs at {click.style(server.url, bold=True)}")
    click.echo(
        f"Plugins     {', '.join(f'{plugin.name} {plugin.distribution.version}' for plugin in active) or 'none'}"
    )
    click.echo(f"Namespaces  {' '.join(server.namespaces) or 'none'}")
    for plugin in server.plugins.quarantined:
        text = f"QUARANTINED {plugin.name} ({plugin.distribution}): {plugin.reason}"
        click.secho(text, err=True, fg="red", bold=True)
    block = _claude_code_settings(server)
    if block is not None:
        click.echo("To see what Claude Code does, put this into its settings.json:\n")
        click.echo(block)
    sys.stdout.flush()


def _claude_code_settings(server: AsyncServer) -> str | None:
    """The block for Claude Code's settings, one hook a line; ``None`` without the plugin that reads its hooks."""
    plugin = next((each.plugin for each in server.plugins.plugins if each.name == "claude_code"), None)
    if plugin is None:
        return None
    package = import_module(type(plugin).__module__.partition(".")[0])
    block: dict[str, Any] = package.settings_block(_reachable(server.url), server.settings.token or None)
    lines = ",\n".join(f"    {json.dumps(hook)}: {json.dumps(handlers)}" for hook, handlers in block["hooks"].items())
    return f'{{\n  "hooks": {{\n{lines}\n  }}\n}}'


def _reachable(url: str) -> str:
    """``url`` with an address that programs of this machine can connect to, where it is the one of all addresses."""
    return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
