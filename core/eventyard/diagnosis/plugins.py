"""The installed plugins."""

from collections.abc import Iterator

from eventyard.hooks import Finding
from eventyard.plugins import PluginManager, PluginStatus

__all__ = ["look_at_plugins"]


def look_at_plugins(plugins: PluginManager) -> Iterator[Finding]:
    """Which take part, and what keeps the others from it."""
    active = [plugin for plugin in plugins.plugins if plugin.status is PluginStatus.ACTIVE]
    if active:
        yield Finding("ok", f"{len(active)} take part: {', '.join(plugin.name for plugin in active)}")
    else:
        yield Finding("problem", "no plugin takes part, so that every event is refused", "pip install eventyard-tool …")
    for plugin in plugins.quarantined:
        yield Finding("problem", f"{plugin.name} ({plugin.distribution}) cannot be used: {plugin.reason}")
    for plugin in active:
        for warning in plugins.warnings(plugin):
            yield Finding("warning", f"{plugin.name} ({plugin.distribution}): {warning}")
