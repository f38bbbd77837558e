"""The plugin can be loaded, and a server starts and stops with it."""

from collections.abc import AsyncIterator

from eventyard.conformance.candidate import Candidate, Unloadable
from eventyard.conformance.objection import Objection
from eventyard.conformance.trial import Trial
from eventyard.plugins import PluginStatus

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
    # A namespace handler that cannot be created quarantines its plugin while the server is put together.
    plugin = candidate.among(trial.plugins)
    if plugin.status is not PluginStatus.ACTIVE:
        yield Objection("", f"it is {plugin.status}: {plugin.reason}")
    for objection in trial.objections():
        yield objection
