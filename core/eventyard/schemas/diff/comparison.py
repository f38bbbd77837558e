"""Two versions of a schema compared: what has changed, and whether the version says so."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from eventyard.errors import SchemaError
from eventyard.schemas.diff.change import Change, Level, backward, forward
from eventyard.schemas.diff.conjunction import Conjunction
from eventyard.schemas.diff.counterexample import Counterexamples
from eventyard.schemas.diff.implication import Implication
from eventyard.schemas.diff.verdicts import Verdicts
from eventyard.schemas.document import name_of, plain_document
from eventyard.schemas.engine import Engine, load_engine
from eventyard.schemas.identity import SchemaIdentity
from eventyard.schemas.pattern_search import Search
from eventyard.schemas.profile import check_schema
from eventyard.schemas.references import References

__all__ = ["Comparison", "compare_schemas"]

#: How many texts are looked at, to compare patterns and to make examples.
_BUDGET: Final = 100_000

#: For how many changes an example is looked for.
_MOST_EXAMPLES: Final = 50

_PARTS: Final = {Level.COMPATIBLE: "patch", Level.MINOR: "minor", Level.MAJOR: "major"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What has changed from one version of a schema to another.

    Attributes:
        old: The identity of the older one.
        new: The identity of the newer one.
        level: What the changes ask for, taken together.
        changes: The changes that matter to events, the most serious first.
    """

    old: SchemaIdentity
    new: SchemaIdentity
    level: Level
    changes: tuple[Change, ...]

    @property
    def problem(self) -> str | None:
        """Why the version of the newer one does not fit; ``None`` when it does."""
        if self.new.type != self.old.type:
            return f"they are of different types, {self.old.type} and {self.new.type}"
        if self.level is Level.NONE:
            return None
        if self.new.number < self.old.number:
            return f"the new version {self.new.version} is lower than the old one, {self.old.version}"
        if self.new.number == self.old.number:
            return f"it has changed, and its version is still {self.old.version}; expected {self._expected} or higher"
        grown = next(place for place in range(3) if self.new.number[place] != self.old.number[place])
        if grown > Level.MAJOR - self.level:
            part = _PARTS[self.level]
            return f"{self.new.version} is no new {part} version after {self.old.version}; expected {self._expected}"
        return None

    @property
    def _expected(self) -> str:
        major, minor, patch = self.old.number
        match self.level:
            case Level.MAJOR:
                return f"{major + 1}.0.0"
            case Level.MINOR:
                return f"{major}.{minor + 1}.0"
        return f"{major}.{minor}.{patch + 1}"

    def to_json(self) -> dict[str, Any]:
        """The comparison as a JSON object."""
        return {
            "type": self.new.type,
            "old": self.old.version,
            "new": self.new.version,
            "level": str(self.level),
            "problem": self.problem,
            "changes": [change.to_json() for change in self.changes],
        }


def compare_schemas(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    shared: Iterable[Mapping[str, Any]] = (),
    engine: Engine | None = None,
) -> Comparison:
    """Compare two schemas of the portable profile.

    The comparison errs on one side: what is told to be compatible is, and what cannot be shown to be is told to be a
    major change. One thing is allowed that is not strictly compatible: a new optional member in an object that may have
    others, although some old event might have used its name.

    Args:
        old: The older schema.
        new: The newer schema.
        shared: Schemas that they may refer to by their ``$id``.
        engine: Shows that examples are what they are said to be; the installed one when omitted.

    Raises:
        SchemaError: One of them leaves the profile.
    """
    shared = list(shared)
    documents = [_checked(each, shared) for each in (old, new)]
    identities = [SchemaIdentity.parse(each["$id"]) for each in documents]
    if _canonical(documents[0]) == _canonical(documents[1]):
        return Comparison(identities[0], identities[1], Level.NONE, ())
    before, after = (
        Conjunction.of(references, [references.root])
        for references in (References(document, shared) for document in documents)
    )
    verdicts, search = Verdicts(engine or load_engine()), Search(_BUDGET)
    examples = Counterexamples(verdicts, Search(_BUDGET))
    found = [
        *((backward, before, after, each) for each in Implication(verdicts, search).refusals(before, after)),
        *((forward, after, before, each) for each in Implication(verdicts, search).refusals(after, before)),
    ]
    changes: dict[tuple[bool, str, str, str], Change] = {}
    for judge, taken_by, refused_by, refusal in found:
        example = examples.find(taken_by, refused_by, refusal) if len(changes) < _MOST_EXAMPLES else None
        change = judge(refusal, example)
        changes.setdefault((change.breaks_readers, change.path, change.keyword, change.reason), change)
    ordered = sorted(changes.values(), key=lambda change: (-change.level, change.path, change.breaks_readers))
    level = max((change.level for change in ordered), default=Level.COMPATIBLE)
    return Comparison(identities[0], identities[1], level, tuple(ordered))


def _checked(schema: Mapping[str, Any], shared: list[Mapping[str, Any]]) -> dict[str, Any]:
    broken = [str(finding) for finding in check_schema(schema, shared) if not finding.warning]
    if broken:
        message = f"{name_of(schema)} leaves the schema profile, so that it cannot be compared: {'; '.join(broken)}"
        raise SchemaError(message)
    return plain_document(schema)


def _canonical(document: dict[str, Any]) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
