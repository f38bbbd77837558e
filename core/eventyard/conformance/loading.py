"""The plugin can be loaded, and a server starts and stops with it."""

from collections.abc import AsyncIterator, Iterator

from eventyard.conformance.candidate import Candidate, Unloadable
from eventyard.conformance.companions import installed_types
from eventyard.conformance.objection import Objection
from eventyard.conformance.trial import Trial
from eventyard.plugins import InstalledPlugin, PluginManager, PluginStatus
from eventyard.plugins.type_names import unknown_type_names

__all__ = ["loading"]


async def loading(candidate: Candidate) -> AsyncIterator[Objection]:
    """Start a server with the plugin, and stop it."""
    try:
        trial = Trial(candidate)
        async with trial:
            pass
    except Unloadable as error:
        yield Objection("", str(error))
        return
    plugin = candidate.among(trial.plugins)
    if plugin.status is not PluginStatus.ACTIVE:
        yield Objection("", f"it is {plugin.status}: {plugin.reason}")
    for objection in trial.objections():
        yield objection
    for text in _unknown_types(plugin, trial.plugins):
        yield Objection("", text, warning=True)


def _unknown_types(plugin: InstalledPlugin, plugins: PluginManager) -> Iterator[str]:
    """What the plugin says of event types that no installed plugin has."""
    named = {"applies_to": plugin.applies_to or ()}
    named |= {f"observes of {name}": plugins.namespaces[name][0].observes for name in plugin.namespaces}
    for what, names in named.items():
        if names != "*" and not plugins.types.keys() >= set(names):
            yield from unknown_type_names(what, names, plugins.types.keys() | installed_types())
