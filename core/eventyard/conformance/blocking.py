"""No call of the plugin holds up the event loop for long."""

from collections.abc import AsyncIterator, Callable, Coroutine
from functools import partial
from typing import Any, Final, TypeAlias

from eventyard.conformance.candidate import Candidate
from eventyard.conformance.client_events import client_events_of
from eventyard.conformance.objection import Objection
from eventyard.conformance.samples import FULL, concerned, event_of, examples_of
from eventyard.conformance.state import observers
from eventyard.conformance.stopwatch import Stopwatch, longest_pause
from eventyard.conformance.trial import Trial
from eventyard.events import Event, Route
from eventyard.plugins import HookCall

__all__ = ["blocking"]

#: How often each call is made: a busy machine may slow down one of them, and hardly all.
_TRIES: Final = 3

#: Does something, and tells for how many seconds it held up the event loop.
_Measured: TypeAlias = Callable[[], Coroutine[Any, Any, float]]


async def blocking(candidate: Candidate) -> AsyncIterator[Objection]:
    """Time the hooks and the states on an example of each type, and the answers to client events."""
    bound = candidate.evidence.loop_bound
    async with Trial(candidate) as trial:
        for subject, measure in _calls(candidate, trial):
            held = min([await measure() for _ in range(_TRIES)])
            if held > bound:
                text = f"it holds up the event loop, and so all clients, for {held:.3f} seconds; expected {bound:g}"
                yield Objection(subject, text + " at most")


def _calls(candidate: Candidate, trial: Trial) -> list[tuple[str, _Measured]]:
    """What the plugin does for a server, each with the subject of an objection."""
    found: list[tuple[str, _Measured]] = []
    for each in concerned(candidate, trial.plugins):
        for data in examples_of(candidate, each)[:1]:
            event = Event(event_of(candidate, each.type.name, data, **FULL))
            route = Route(each.type.namespace)
            chain = trial.plugins.chains[each.type.name]
            alone = (*chain.validate, *chain.enrich, *chain.route)
            calls = [*((call, (event,)) for call in alone), *((call, (event, route)) for call in chain.buffer)]
            calls += [(call, (event, route)) for call in chain.emit]
            found += [
                (f"{call.hook} of {each.type.name}", partial(_held, call, *arguments))
                for call, arguments in calls
                if call.plugin.name == candidate.name
            ]
            for handler in observers(candidate, trial.plugins):
                found.append((f"{handler.name} apply", partial(_held_by, handler.apply, [event])))
                found.append((f"{handler.name} snapshot", partial(_held_by, handler.snapshot)))
    found += [
        (f"decode of {source}", partial(_held, call, source, body, {}))
        for call in trial.plugins.decoders
        if call.plugin.name == candidate.name
        for source, bodies in candidate.evidence.bodies.items()
        for body in bodies[:1]
    ]
    found += [
        (f"{namespace} on_{name}", partial(longest_pause, partial(trial.call, namespace, name, {})))
        for namespace, name in client_events_of(candidate, trial.plugins)
    ]
    return found


async def _held(call: HookCall, *arguments: Any) -> float:
    watch = Stopwatch()
    await watch.call(call.function, *arguments)
    return watch.longest


async def _held_by(function: Callable[..., Any], *arguments: Any) -> float:
    watch = Stopwatch()
    await watch.call(function, *arguments)
    return watch.longest
