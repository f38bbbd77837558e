"""Loading the plugins for commands that only look at them."""

from typing import TYPE_CHECKING

import click

from eventyard.spelling import did_you_mean

if TYPE_CHECKING:
    from eventyard.plugins import OwnedType, PluginManager
    from eventyard.settings import Settings

__all__ = ["load_plugins", "unknown_type", "unknown_version"]


def load_plugins(settings: "Settings") -> "PluginManager":
    """The plugins; those that cannot be used are told on standard error, in place of the log's account.

    Raises:
        PluginError: A plugin that the settings require failed, or they name one that is not installed.
        OwnershipError: Two plugins claim the same thing.
    """
    import logging

    from eventyard.plugins import PluginManager

    logging.getLogger("eventyard").setLevel(logging.CRITICAL)
    plugins = PluginManager.load(settings)
    for plugin in plugins.quarantined:
        text = f"Warning: the plugin {plugin.name} ({plugin.distribution}) cannot be used: {plugin.reason}"
        click.secho(text, err=True, fg="yellow")
    return plugins


def unknown_type(name: str, plugins: "PluginManager") -> click.BadParameter:
    """The error that no plugin owns the event type ``name``, with the nearest one that a plugin owns."""
    hint = did_you_mean(name, plugins.types) or "."
    return click.BadParameter(f"No plugin owns the event type {name!r}{hint}", param_hint="TYPE")


def unknown_version(version: str, owned: "OwnedType") -> click.BadParameter:
    """The error that an event type is not installed in ``version``, with the versions in which it is."""
    installed = ", ".join(each.version for each in owned.versions)
    text = f"{owned.type.name} is installed in version {installed}, not {version!r}."
    return click.BadParameter(text, param_hint="TYPE[@VERSION]")
