"""The state of a namespace is JSON, made of events alone, and what was given out stays as it is."""

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any, cast

import orjson

from eventyard.conformance.candidate import Candidate
from eventyard.conformance.difference import difference
from eventyard.conformance.objection import Objection
from eventyard.conformance.samples import sample_events
from eventyard.conformance.trial import Trial
from eventyard.events import Event, now, reading_time_from
from eventyard.live import Namespace
from eventyard.plugins import PluginManager
from eventyard.plugins.calls import contained
from eventyard.plugins.handlers import make_handler

__all__ = ["Observed", "observers", "state"]


async def state(candidate: Candidate) -> AsyncIterator[Objection]:
    """Apply the examples, and those of the types that are observed, to two handlers at different times."""
    plugins = candidate.load()
    if not candidate.among(plugins).namespaces:
        return
    async with Trial(candidate) as trial:
        events = await trial.take(list(sample_events(candidate, plugins)))
    for one, other in zip(observers(candidate, plugins), observers(candidate, candidate.load()), strict=True):
        try:
            for objection in _compared(one, other, events):
                yield objection
        except contained() as error:
            yield Objection(one.name, f"apply or snapshot failed with {type(error).__name__}: {error}")


class Observed:
    """A namespace handler of the plugin, with the events that a server gives it.

    Attributes:
        name: The namespace.
    """

    def __init__(self, handler: Namespace, types: frozenset[str]) -> None:
        """Give ``handler`` the events of ``types``."""
        self.name = handler.name
        self._handler = handler
        self._types = types

    def apply(self, events: Sequence[Event]) -> None:
        """Give the handler those of ``events`` that are for it."""
        for event in events:
            if event.type in self._types:
                self._handler.apply(event)

    def snapshot(self) -> Any:
        """What the handler gives as its state."""
        return self._handler.snapshot()


def observers(candidate: Candidate, plugins: PluginManager) -> list[Observed]:
    """The namespace handlers that the plugin ships, each created anew."""
    found = []
    for name in candidate.among(plugins).namespaces:
        own = {type_name for type_name, owned in plugins.types.items() if owned.type.namespace == name}
        shipped, owner = plugins.namespaces[name]
        handler = cast("Namespace", make_handler(type(shipped), name, plugins.table(owner)))
        found.append(Observed(handler, frozenset({*own, *handler.observes})))
    return found


def _compared(one: Observed, other: Observed, events: Sequence[Event]) -> Iterator[Objection]:
    half = len(events) // 2
    one.apply(events[:half])
    given = one.snapshot()
    if not isinstance(given, dict):
        yield Objection(one.name, f"snapshot gives {type(given).__name__}, expected dict")
        return
    try:
        then = orjson.dumps(given)
    except TypeError as error:
        yield Objection(one.name, f"snapshot is no JSON: {error}")
        return
    one.apply(events[half:])
    if orjson.dumps(given) != then:
        apart = difference(orjson.loads(then), orjson.loads(orjson.dumps(given)))
        yield Objection(one.name, f"later events change a snapshot that was given out: {apart}")
    later = now() + 3600
    with reading_time_from(lambda: later):
        other.apply(events)
        rebuilt = orjson.dumps(other.snapshot())
    first = orjson.dumps(one.snapshot())
    if first != rebuilt:
        apart = difference(orjson.loads(first), orjson.loads(rebuilt))
        yield Objection(one.name, f"from the same events, an hour apart, two states are made: {apart}")
