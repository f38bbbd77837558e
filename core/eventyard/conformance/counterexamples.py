"""What the schemas should refuse is refused."""

from collections.abc import AsyncIterator, Iterator

from eventyard.conformance.candidate import Candidate
from eventyard.conformance.difference import told
from eventyard.conformance.objection import Objection
from eventyard.conformance.samples import FULL, event_of, owned
from eventyard.conformance.trial import Trial
from eventyard.conformance.values import demands_of, spoilt
from eventyard.events import Outcome, Status
from eventyard.plugins import OwnedType, PluginManager

__all__ = ["counterexamples"]


async def counterexamples(candidate: Candidate) -> AsyncIterator[Objection]:
    """Spoil the examples, and send what the plugin's author says is refused."""
    async with Trial(candidate) as trial:
        for each in owned(candidate, trial.plugins):
            for objection in _accepted_by(each, trial.plugins):
                yield objection
            name = each.type.name
            listed = candidate.evidence.refused.get(name, ())
            outcomes = await trial.publish([event_of(candidate, name, data, **FULL) for data, _ in listed])
            for (data, keyword), outcome in zip(listed, outcomes, strict=True):
                if came := _other_than(keyword, outcome):
                    yield Objection(name, f"{told(data)} is expected to be refused by {keyword}, and is {came}")
        for name in candidate.evidence.refused.keys() - {each.type.name for each in owned(candidate, trial.plugins)}:
            yield Objection(name, "values that are refused are listed, but the plugin has no such type")


def _accepted_by(owned_type: OwnedType, plugins: PluginManager) -> Iterator[Objection]:
    """The spoilt examples that a type's schema takes, one for each place and keyword."""
    version = owned_type.versions[0]
    schema = demands_of(version.schema, plugins.store.shared.values())
    tried = 0
    for example in version.examples:
        for each in spoilt(schema, example):
            tried += 1
            if version.validator.is_valid(each.value):
                place = f"{each.pointer or '/'} {each.change}"
                hint = {"type": ': say "type"', "required": "", "enum": ""}[each.keyword]
                yield Objection(owned_type.type.name, f"its schema takes an example {place}{hint}")
    if version.examples and not tried:
        yield Objection(owned_type.type.name, "its schema refuses nothing: no member has a type", warning=True)


def _other_than(keyword: str, outcome: Outcome) -> str | None:
    """What became of an event instead of being refused by ``keyword`` and nothing else."""
    if outcome.status is not Status.REJECTED:
        return outcome.status.value
    by = sorted({issue.keyword for issue in outcome.issues})
    return None if by == [keyword] else f"refused by {', '.join(by)}"
