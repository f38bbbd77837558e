"""What is told when a server has started: where it is, what it knows, and how agents find it."""

import sys

import click

from eventyard import __version__
from eventyard.plugins import HookCall, PluginStatus
from eventyard.plugins.calls import contained, wrong_result
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
    for call in server.plugins.introductions:
        told = _told(call, _reachable(server.url), needs_token=server.needs_token)
        if told:
            click.echo(f"\n{told}")
    sys.stdout.flush()


def _told(call: HookCall, url: str, *, needs_token: bool) -> str | None:
    """What a plugin tells; ``None`` when it fails to."""
    try:
        text = call.function(url, needs_token)
        if text is not None and not isinstance(text, str):
            raise TypeError(wrong_result("introduce", "str", text))
    except contained() as error:
        call.failed(error)
        return None
    call.succeeded()
    return text


def _reachable(url: str) -> str:
    """``url`` with an address that programs of this machine can connect to, where it is the one of all addresses."""
    return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
