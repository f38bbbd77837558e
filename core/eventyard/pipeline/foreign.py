"""Foreign bodies: hook calls of agents, turned into events by the plugin that knows their source."""

from collections.abc import Mapping
from typing import Any

from eventyard.errors import MalformedBody
from eventyard.events import Event, Issue, timestamp
from eventyard.pipeline.dead_letters import DeadLetters
from eventyard.pipeline.pipeline import Pipeline
from eventyard.pipeline.reports import rejection
from eventyard.plugins import PluginManager
from eventyard.plugins.calls import CONTAINED, HookCall, wrong_result

__all__ = ["ForeignBodies"]


class ForeignBodies:
    """Has foreign bodies decoded and takes their events in."""

    def __init__(self, plugins: PluginManager, pipeline: Pipeline, dead_letters: DeadLetters) -> None:
        """Ask ``plugins``, hand events to ``pipeline`` and what cannot be decoded to ``dead_letters``."""
        self._plugins = plugins
        self._pipeline = pipeline
        self._dead_letters = dead_letters

    async def take(self, source: str, body: Any, headers: Mapping[str, str]) -> bool:
        """Take in the events of ``body``; whether a plugin knows ``source``.

        A body that its plugin cannot decode becomes a dead letter and an ``error`` event.

        Raises:
            JournalError: Nothing was kept.
        """
        for call in self._plugins.decoders:
            try:
                events = call.function(source, body, headers)
                if events is None:
                    continue
                if not all(isinstance(event, Event) for event in events):
                    raise TypeError(wrong_result("decode", "a sequence of events", events))
            except MalformedBody as error:
                await self._refuse(call, source, body, str(error))
                return True
            except CONTAINED as error:
                call.failed(error)
                await self._refuse(call, source, body, f"the plugin failed with {type(error).__name__}")
                return True
            call.succeeded()
            # The body was guarded while it was parsed; a plugin may have put it a level or two deeper.
            await self._pipeline.process([event.to_dict() for event in events], source, guarded=True)
            return True
        return False

    async def _refuse(self, call: HookCall, source: str, body: Any, text: str) -> None:
        issue = Issue("decode", "", text, owner=str(call.plugin.distribution))
        self._dead_letters.add(timestamp(), source, body, [issue])
        if self._pipeline.knows("error"):
            await self._pipeline.publish([rejection(body, [issue], source)])
