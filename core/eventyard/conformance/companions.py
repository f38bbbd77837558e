"""Which other plugins a plugin has to do with, so that it can only be tried together with them."""

import re
from collections.abc import Iterator
from importlib import metadata

from eventyard.plugins import BUNDLED, STAGE_HOOKS, Distribution, InstalledPlugin, PluginManager, discover
from eventyard.plugins.distribution import normalized
from eventyard.settings import Settings

__all__ = ["companions_of", "installed_types"]


def companions_of(plugin: InstalledPlugin, alone: PluginManager) -> tuple[str, ...]:
    """The names of the installed plugins that ``plugin`` depends on, or whose event types it has to do with.

    Args:
        plugin: The plugin.
        alone: Has loaded it, and no other.
    """
    required = set(_required(plugin.distribution))
    types = set(_foreign_types(plugin, alone))
    found = []
    for other, _ in discover():
        if other.name != plugin.name and (
            other.distribution.name in required
            or ("*" in types and other.distribution.name in BUNDLED)
            or (types - {"*"} and types & _types_of(other.name))
        ):
            found.append(other.name)
    return tuple(found)


def installed_types() -> set[str]:
    """The names of the event types of all plugins that are installed and can be loaded."""
    return {name for plugin, _ in discover() for name in _types_of(plugin.name)}


def _required(distribution: Distribution) -> Iterator[str]:
    try:
        lines = metadata.requires(distribution.name) or []
    except metadata.PackageNotFoundError:
        return
    for line in lines:
        if "extra ==" not in line:
            name = re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0]
            yield normalized(name)


def _foreign_types(plugin: InstalledPlugin, alone: PluginManager) -> Iterator[str]:
    """The types that are not its own whose events it is given; ``*`` stands for all."""
    if plugin.applies_to is not None:
        yield from plugin.applies_to
    elif not plugin.types and any(hook in STAGE_HOOKS for hook in plugin.hooks):
        yield "*"
    for handler, owner in alone.namespaces.values():
        if owner is plugin:
            yield from handler.observes


def _types_of(name: str) -> set[str]:
    """The event types of an installed plugin; none, when it cannot be loaded."""
    others = [plugin.name for plugin, _ in discover() if plugin.name != name]
    return set(PluginManager.load(Settings().with_changes(plugins={"disable": others})).types)
