"""The examples of the event types are accepted."""

from collections.abc import AsyncIterator
from typing import Any, Final

from eventyard.conformance.candidate import Candidate
from eventyard.conformance.difference import told
from eventyard.conformance.objection import Objection
from eventyard.conformance.samples import FULL, event_of, examples_of, owned
from eventyard.conformance.trial import Trial
from eventyard.events import Status

__all__ = ["examples"]

#: A member that a sender might add.
_UNHEARD_OF: Final[dict[str, Any]] = {"a_member_of_the_sender": {"is": "welcome"}}


async def examples(candidate: Candidate) -> AsyncIterator[Objection]:
    """Send each example to a server, those of earlier versions too."""
    async with Trial(candidate) as trial:
        for each in owned(candidate, trial.plugins):
            name = each.type.name
            if not each.examples:
                yield Objection(name, "it has no example")
            sent = [(each.schema_id, data) for data in examples_of(candidate, each)]
            sent += [(version.id, data) for version in each.versions[1:] for data in version.examples]
            events = [event_of(candidate, name, data, dataschema=schema, **FULL) for schema, data in sent]
            outcomes = await trial.publish(events)
            for (schema, data), outcome in zip(sent, outcomes, strict=True):
                if outcome.status is not Status.ACCEPTED:
                    why = "; ".join(f"{issue.pointer}: {issue.message}" for issue in outcome.issues)
                    yield Objection(name, f"the example {told(data)} of {schema} is {outcome.status}: {why}")
            for data in each.examples[:1]:
                if isinstance(data, dict) and not each.versions[0].validator.is_valid(_UNHEARD_OF | data):
                    text = "its data is closed to members that the schema does not name, which do no harm"
                    yield Objection(name, text, warning=True)
