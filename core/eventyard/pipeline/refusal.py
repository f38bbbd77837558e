"""Something that was refused, on its way to the dead letters and to ``/errors``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from eventyard.dead_letters import DeadLetter
from eventyard.events import Issue, Outcome, Status
from eventyard.pipeline.lane import Lane
from eventyard.pipeline.reading import Unreadable
from eventyard.pipeline.reports import name_in
from eventyard.redaction import Redactor

__all__ = ["Refusal", "refusals_of"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that was refused.

    Attributes:
        value: What was sent: an event, or a foreign body.
        issues: Why it was refused.
        event: The event that this is about: the value itself, or what a foreign body was decoded to.
        headers: Of a foreign body, the headers that are kept with it; ``None`` for an event.
    """

    value: object
    issues: Sequence[Issue]
    event: object
    headers: Mapping[str, str] | None = None

    def letter(self, time: str, intake: str, lanes: Mapping[str, Lane], redactor: Redactor | None) -> DeadLetter:
        """The dead letter that it becomes, from which ``redactor`` takes secrets.

        What the server has filled in is left out of an event: when it was recorded, and the ``dataschema`` of the
        moment, since once the schema is mended there is another.
        """
        value = self.value
        type_name = name_in(self.event, "type")
        if isinstance(value, Unreadable):
            value = value.text
        elif self.headers is None and isinstance(value, dict):
            lane = lanes.get(type_name or "")
            filled_in = {"recordedtime"}
            if lane is not None and value.get("dataschema") == lane.type.schema_id:
                filled_in.add("dataschema")
            value = {name: each for name, each in value.items() if name not in filled_in}
        letter = DeadLetter.refused(value, self.issues, time=time, intake=intake, type=type_name, headers=self.headers)
        if redactor is None:
            return letter
        return replace(letter, body=redactor.body(letter.body, is_json=letter.is_json))


def refusals_of(values: Sequence[object], outcomes: Sequence[Outcome]) -> list[Refusal]:
    """Those of ``values`` that were refused, as far as ``outcomes`` tell."""
    return [
        Refusal(value, outcome.issues, value)
        for value, outcome in zip(values, outcomes, strict=False)
        if outcome.status is Status.REJECTED
    ]
