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
from eventyard.schemas.pointer import json_pointer
from eventyard.schemas.profile import check_schema, is_library
from eventyard.schemas.references import Location, References

__all__ = ["Comparison", "compare_schemas"]

#: How many steps of patterns are looked at, to compare them, and as many again to make examples.
_BUDGET: Final = 400_000

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
    before, after = (References(document, shared) for document in documents)
    changes = _Changes(engine or load_engine())
    if is_library(documents[0]) and is_library(documents[1]):
        for name in documents[0]["$defs"]:
            if name in documents[1]["$defs"]:
                changes.look_for(
                    *(Conjunction.of(each, [each.child(each.root, "$defs", name)]) for each in (before, after))
                )
            else:
                changes.gone(name)
    else:
        changes.look_for(*(_whole(each, each.root) for each in (before, after)))
    level = max((change.level for change in changes.found), default=Level.COMPATIBLE)
    return Comparison(identities[0], identities[1], level, tuple(changes.found))


class _Changes:
    """The changes between two documents."""

    def __init__(self, engine: Engine) -> None:
        self._verdicts = Verdicts(engine)
        self._search = Search(_BUDGET)
        self._examples = Counterexamples(self._verdicts, Search(_BUDGET))
        self._found: dict[tuple[bool, str, str, str], Change] = {}

    @property
    def found(self) -> list[Change]:
        """The changes, the most serious first."""
        return sorted(self._found.values(), key=lambda change: (-change.level, change.path, change.breaks_readers))

    def look_for(self, before: Conjunction, after: Conjunction) -> None:
        """Find what has changed from ``before`` to ``after``."""
        for judge, taken_by, refused_by in ((backward, before, after), (forward, after, before)):
            for refusal in Implication(self._verdicts, self._search).refusals(taken_by, refused_by):
                wanted = len(self._found) < _MOST_EXAMPLES
                self._add(judge(refusal, self._examples.find(taken_by, refused_by, refusal) if wanted else None))

    def gone(self, name: str) -> None:
        """Note that the definition ``name`` is not there any more."""
        reason = f"the definition {name!r} is gone, and schemas may refer to it"
        self._add(Change(Level.MAJOR, "$defs", "", json_pointer(["$defs", name]), False, reason))

    def _add(self, change: Change) -> None:
        self._found.setdefault((change.breaks_readers, change.path, change.keyword, change.reason), change)


def _whole(references: References, location: Location) -> Conjunction:
    return Conjunction.of(references, [location])


def _checked(schema: Mapping[str, Any], shared: list[Mapping[str, Any]]) -> dict[str, Any]:
    broken = [str(finding) for finding in check_schema(schema, shared) if not finding.warning]
    if broken:
        message = f"{name_of(schema)} leaves the schema profile, so that it cannot be compared: {'; '.join(broken)}"
        raise SchemaError(message)
    return plain_document(schema)


def _canonical(document: dict[str, Any]) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
