"""Hooks and states take every event that the schemas take."""

from collections.abc import AsyncIterator, Iterator
from itertools import islice
from typing import Any, Final

import orjson

from eventyard.conformance.candidate import Candidate
from eventyard.conformance.objection import Objection
from eventyard.conformance.samples import FULL, concerned, event_of, examples_of
from eventyard.conformance.trial import Trial
from eventyard.conformance.values import demands_of, variants
from eventyard.plugins import OwnedType, PluginManager

__all__ = ["robustness"]

#: How many events of each type are tried, and how large each may be.
_MOST_EVENTS: Final = 400
_MOST_BYTES: Final = 65_536

#: Envelopes that are valid and not what most senders say: RFC 3339 has leap seconds and the year 0.
_ENVELOPES: Final[tuple[dict[str, Any], ...]] = (
    {},
    {"session": FULL["session"]},
    {"correlationid": FULL["correlationid"]},
    {**FULL, "time": "2016-12-31T23:59:60Z"},
    {**FULL, "time": "0000-01-01T00:00:00Z"},
    {**FULL, "time": "9999-12-31T23:59:59.999999999+00:01"},
    {**FULL, "subject": "é\U0001f600" * 100, "project": "/", "host": "localhost", "parentagent": FULL["agent"]},
)


async def robustness(candidate: Candidate) -> AsyncIterator[Objection]:
    """Send what stands at the edges of what is allowed; a plugin may refuse it, but must not fail."""
    async with Trial(candidate) as trial:
        for each in concerned(candidate, trial.plugins):
            await trial.publish(list(islice(_events(candidate, each, trial.plugins), _MOST_EVENTS)))
    for objection in trial.objections():
        yield objection


def _events(candidate: Candidate, owned_type: OwnedType, plugins: PluginManager) -> Iterator[dict[str, Any]]:
    name = owned_type.type.name
    version = owned_type.versions[0]
    examples = examples_of(candidate, owned_type)
    for envelope in _ENVELOPES:
        for data in examples[:1]:
            yield event_of(candidate, name, data, **envelope)
    schema = demands_of(version.schema, plugins.store.shared.values())
    for data in examples:
        for variant in variants(schema, data):
            if version.validator.is_valid(variant) and len(orjson.dumps(variant)) <= _MOST_BYTES:
                yield event_of(candidate, name, variant, **FULL)
