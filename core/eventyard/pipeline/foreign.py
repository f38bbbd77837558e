"""Foreign bodies: hook calls of agents, turned into events by the plugin that knows their source."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeAlias

from eventyard.errors import MalformedBody
from eventyard.events import Event, Issue, Outcome
from eventyard.pipeline.errands import Errands
from eventyard.pipeline.fitting import ROOM
from eventyard.pipeline.guards import Limits, check
from eventyard.pipeline.pipeline import Pipeline
from eventyard.pipeline.reading import Unreadable
from eventyard.pipeline.refusal import Refusal, refusals_of
from eventyard.plugins import PluginManager
from eventyard.plugins.calls import contained, wrong_result

__all__ = ["ForeignBodies"]

# The headers that a dead letter keeps for its retry: what a relay or a webhook says of the event, and nothing that
# could let somebody in.
_KEPT_HEADERS: Final = re.compile(
    r"content-type|user-agent|traceparent|eventyard-(event-id|event-time|host)|x-[a-z0-9-]+-(event|delivery)"
)

#: Called with whether a plugin knows the source, or with what went wrong.
Reply: TypeAlias = Callable[[bool | BaseException], None]


class ForeignBodies:
    """Has foreign bodies decoded and takes their events in."""

    def __init__(self, plugins: PluginManager, pipeline: Pipeline, limits: Limits) -> None:
        """Ask ``plugins``, and hand events and what cannot be decoded to ``pipeline``.

        The bodies are within ``limits``, and so is what is made of them, but for what a plugin puts around it.
        """
        self._plugins = plugins
        self._pipeline = pipeline
        self._errands = Errands()
        self._limits = replace(limits, max_depth=limits.max_depth + ROOM, max_nodes=2 * limits.max_nodes)

    def take(self, source: str, body: Any, headers: Mapping[str, str], reply: Reply) -> None:
        """Take in the events of ``body``.

        A body that its plugin cannot decode, or of which no event is accepted, becomes a dead letter and an ``error``
        event. When only some of its events are refused, those do.

        Args:
            source: Who sent it.
            body: The body.
            headers: Its headers, with names in lower case.
            reply: Called with whether a plugin knows ``source``, or with what went wrong: a ``JournalError`` when
                nothing was kept.
        """
        decoded = self.decode(source, body, headers)
        if decoded is None:
            reply(False)
        elif isinstance(decoded, Issue):
            refusal = Refusal(body, [decoded], body, _kept(headers))
            self._errands.run(self._refuse([refusal], source), reply)
        else:

            def end(outcomes: list[Outcome] | BaseException) -> None:
                if isinstance(outcomes, BaseException):
                    reply(outcomes)
                elif refusals := refusals_of(decoded, outcomes):
                    together = _together(body, _kept(headers), decoded, refusals)
                    self._errands.run(self._refuse(together, source), reply)
                else:
                    reply(True)

            self._pipeline.offer(decoded, end, guarded=True)

    def keep(
        self,
        source: str,
        raw: bytes,
        headers: Mapping[str, str],
        error: MalformedBody,
        reply: Callable[[BaseException], None],
    ) -> None:
        """Make a dead letter and an ``error`` event of a body that cannot be read, and ``reply`` the ``error``."""
        unreadable = Unreadable(raw, str(error))
        refusal = Refusal(unreadable, [Issue("json", "", str(error))], unreadable, _kept(headers))
        self._errands.run(self._refuse([refusal], source), lambda _: reply(error))

    async def _refuse(self, refusals: Sequence[Refusal], source: str) -> bool:
        await self._pipeline.refuse(refusals, source)
        return True

    def decode(self, source: str, body: Any, headers: Mapping[str, str]) -> list[dict[str, Any]] | Issue | None:
        """The events of ``body``, or why there are none; ``None`` when no plugin knows ``source``.

        A result that is no list does not tell whether its plugin knows ``source``. So the others are asked; when none
        of them does, the body must not be lost for it.
        """
        unclear: Issue | None = None
        for call in self._plugins.decoders:
            owner = str(call.plugin.distribution)
            try:
                events = call.function(source, body, headers)
                if events is None:
                    continue
                if isinstance(events, str) or not isinstance(events, Sequence):
                    call.failed(TypeError(wrong_result("decode", "a list of events", events)))
                    text = f"the plugin gave {type(events).__name__}, expected a list of events or None"
                    unclear = unclear or Issue("decode", "", text, owner=owner)
                    continue
                if not all(isinstance(event, Event) for event in events):
                    raise TypeError(wrong_result("decode", "a list of events", events))
                decoded = [event.to_dict() for event in events]
                for event in decoded:
                    check(event, self._limits, "an event that decode gave cannot be sent")
            except MalformedBody as error:
                return Issue("decode", "", str(error), owner=owner)
            except contained() as error:
                call.failed(error)
                return Issue("decode", "", f"the plugin failed with {type(error).__name__}", owner=owner)
            call.succeeded()
            return decoded
        return unclear


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    """Those of ``headers`` that a dead letter keeps."""
    return {
        name: value
        for name, value in headers.items()
        if _KEPT_HEADERS.fullmatch(name) and value.isascii() and value.isprintable()
    }


def _together(
    body: Any, headers: Mapping[str, str], events: Sequence[object], refusals: Sequence[Refusal]
) -> Sequence[Refusal]:
    """What was refused of a foreign body: all of it, or some of its events."""
    if len(refusals) == len(events):
        # Nothing of the body is in, so that it can be decoded again once the plugin is mended.
        return [Refusal(body, [issue for each in refusals for issue in each.issues], refusals[0].event, headers)]
    return refusals
