"""The client events of the namespaces are answered, whatever clients send."""

from collections.abc import AsyncIterator
from typing import Any, Final

from eventyard.conformance.candidate import Candidate
from eventyard.conformance.difference import told
from eventyard.conformance.objection import Objection
from eventyard.conformance.samples import sample_events
from eventyard.conformance.trial import Trial
from eventyard.hooks import CORE_EVENTS
from eventyard.plugins import PluginManager

__all__ = ["GARBAGE", "client_events", "client_events_of"]

#: What a client may send, by mistake or not.
GARBAGE: Final[tuple[Any, ...]] = (
    None,
    True,
    -1,
    1e300,
    "",
    "text",
    "\x00\ud7ff\u202e" * 1000,
    [],
    [[[[]]]],
    [None, 1, "a", {}],
    {},
    {"": None},
    {"source": [], "id": {}, "name": 7, "type": None, "data": "text"},
    {f"member-{number}": {"deep": [{"deeper": number}]} for number in range(1000)},
)


async def client_events(candidate: Candidate) -> AsyncIterator[Objection]:
    """Send garbage to each client event, and see whether the client is still served."""
    names = client_events_of(candidate, candidate.load([]))
    if not names:
        return
    bound = candidate.evidence.answer_bound
    async with Trial(candidate) as trial:
        await trial.publish(list(sample_events(candidate, trial.plugins)))
        for namespace, name in names:
            for arguments in [(), *((value,) for value in GARBAGE), ("one", "two", "three")]:
                subject = f"{namespace} on_{name}"
                try:
                    await trial.call(namespace, name, *arguments)
                except TimeoutError:
                    yield Objection(subject, f"it does not answer {told(arguments)} within {bound:g} seconds")
                    break
            try:
                await trial.call(namespace, "get_state")
            except TimeoutError:
                yield Objection(f"{namespace} on_{name}", "a client that sends garbage is not served any more")
                return
    for objection in trial.objections():
        yield objection


def client_events_of(candidate: Candidate, plugins: PluginManager) -> list[tuple[str, str]]:
    """The namespaces that the plugin handles, each with the names of its own client events."""
    return [
        (namespace, name.removeprefix("on_"))
        for namespace, (handler, owner) in plugins.namespaces.items()
        if owner.name == candidate.name
        for name in dir(handler)
        if name.startswith("on_") and name.removeprefix("on_") not in CORE_EVENTS
    ]
