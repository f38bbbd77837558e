"""Two servers of one process share nothing through the plugin."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import orjson

from eventyard.conformance.candidate import Candidate
from eventyard.conformance.difference import difference
from eventyard.conformance.objection import Objection
from eventyard.conformance.samples import sample_events
from eventyard.conformance.state import observers
from eventyard.conformance.trial import PATIENCE
from eventyard.events import Event, now, reading_time_from
from eventyard.plugins.calls import contained, is_awaitable

__all__ = ["isolation"]


async def isolation(candidate: Candidate) -> AsyncIterator[Objection]:
    """Give the same events to the plugin of one server after the other, while a third one gets none."""
    moment = now()
    with reading_time_from(lambda: moment):
        idle = observers(candidate, candidate.load())
        events = [Event(each) for each in sample_events(candidate, candidate.load())]
        try:
            before = [orjson.dumps(each.snapshot()) for each in idle]
            first = await _answers(candidate, events)
            after = [orjson.dumps(each.snapshot()) for each in idle]
            second = await _answers(candidate, events)
        except contained():
            # That a handler fails is told by the check of the state.
            return
    for handler, empty, full in zip(idle, before, after, strict=True):
        if full != empty:
            apart = difference(orjson.loads(empty), orjson.loads(full))
            yield Objection(handler.name, f"events of another server change its state: {apart}")
    for (subject, one), (_, other) in zip(first, second, strict=True):
        if one != other:
            apart = difference(orjson.loads(one), orjson.loads(other))
            yield Objection(subject, f"one server after the other makes something else of the same events: {apart}")


async def _answers(candidate: Candidate, events: Sequence[Event]) -> list[tuple[str, bytes]]:
    """What a plugin that is loaded anew adds to ``events``, and the states that they lead to."""
    plugins = candidate.load()
    handlers = observers(candidate, plugins)
    answers: list[tuple[str, bytes]] = []
    for event in events:
        for call in plugins.chains[event.type].enrich:
            if call.plugin.name == candidate.name:
                added: Any
                try:
                    added = call.function(event)
                    if is_awaitable(added):
                        async with asyncio.timeout(PATIENCE):
                            added = await added
                except contained() as error:
                    added = repr(error)
                answers.append((f"enrich of {event.type}", orjson.dumps(added, default=repr)))
        for handler in handlers:
            handler.apply([event])
    return answers + [(handler.name, orjson.dumps(handler.snapshot())) for handler in handlers]
