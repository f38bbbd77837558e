"""Enriching adds the same whenever it is asked, and leaves alone what the sender said."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import orjson

from eventyard.conformance.candidate import Candidate
from eventyard.conformance.difference import told
from eventyard.conformance.objection import Objection
from eventyard.conformance.samples import FULL, concerned, event_of, sample_events
from eventyard.conformance.trial import PATIENCE, Trial
from eventyard.events import Event, now, reading_time_from
from eventyard.plugins import HookCall
from eventyard.plugins.calls import contained, is_awaitable

__all__ = ["enrichment"]


async def enrichment(candidate: Candidate) -> AsyncIterator[Objection]:
    """Enrich each example again and again; between the first and the second time, an hour passes."""
    async with Trial(candidate) as trial:
        calls = {
            each.type.name: call
            for each in concerned(candidate, trial.plugins)
            for call in trial.plugins.chains[each.type.name].enrich
            if call.plugin.name == candidate.name
        }
        for sample in sample_events(candidate, trial.plugins):
            if sample["type"] in calls:
                bare = event_of(candidate, sample["type"], sample["data"], **dict.fromkeys(FULL))
                for attributes in (sample, bare):
                    async for objection in _repeated(calls[sample["type"]], attributes):
                        yield objection


async def _repeated(call: HookCall, attributes: dict[str, Any]) -> AsyncIterator[Objection]:
    event = Event(attributes)
    subject = f"enrich of {event.type}"
    said = orjson.dumps(attributes)
    try:
        first = await _added(call, event)
        if orjson.dumps(attributes) != said:
            yield Objection(subject, f"it changes the event itself; it was {said.decode()}, and is {told(attributes)}")
            return
        later = now() + 3600
        with reading_time_from(lambda: later):
            second = await _added(call, event)
        if second != first:
            text = f"it adds {told(first)} the first time, and {told(second)} to the same event the second time"
            yield Objection(subject, text)
            return
        enriched = _merged(attributes, first)
        more = _merged(enriched, await _added(call, Event(enriched)))
    except contained():
        # That it fails is told by the check of robustness.
        return
    if more != enriched:
        new = {name: value for name, value in more.items() if value != enriched.get(name)}
        yield Objection(subject, f"it adds {told(new)} to an event that it has enriched already")


async def _added(call: HookCall, event: Event) -> Mapping[str, Any]:
    added = call.function(event)
    if is_awaitable(added):
        async with asyncio.timeout(PATIENCE):
            added = await added
    return dict(added or {})


def _merged(attributes: Mapping[str, Any], added: Mapping[str, Any]) -> dict[str, Any]:
    """The event as the server makes it of both: what is there already counts."""
    new = {name: value for name, value in added.items() if value is not None}
    return {**new, **attributes, "data": {**(added.get("data") or {}), **attributes["data"]}}
