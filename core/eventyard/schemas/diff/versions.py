"""Sets of schema files compared: each version with the one before it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from eventyard.errors import SchemaError
from eventyard.schemas.diff.change import Level
from eventyard.schemas.diff.comparison import Comparison, compare_schemas
from eventyard.schemas.engine import Engine
from eventyard.schemas.files import SchemaFile
from eventyard.schemas.identity import SchemaIdentity

__all__ = ["SetComparison", "compare_files"]

#: Documents of one type by version.
_Versions: TypeAlias = dict[tuple[int, int, int], tuple[SchemaIdentity, dict[str, Any]]]


@dataclass(slots=True)
class SetComparison:
    """What has changed from one set of schemas to another.

    Attributes:
        comparisons: Each version that both sets have, and each that only the newer has with the one before it.
        added: The schemas without any before them.
        gone: The versions that the newer set does not have any more, but others of their types.
        removed: The types that the newer set does not have any more.
    """

    comparisons: list[Comparison] = field(default_factory=list)
    added: list[SchemaIdentity] = field(default_factory=list)
    gone: list[SchemaIdentity] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    @property
    def level(self) -> Level:
        """What all changes ask for, taken together."""
        levels = [each.level for each in self.comparisons]
        if self.added:
            levels.append(Level.MINOR)
        if self.removed:
            levels.append(Level.MAJOR)
        return max(levels, default=Level.NONE)

    @property
    def problems(self) -> list[str]:
        """Why it may not be released like this: versions that do not fit, and removed types."""
        found = [
            f"{each.new.type} {each.old.version} → {each.new.version}: {each.problem}"
            for each in self.comparisons
            if each.problem is not None
        ]
        return [*found, *(f"{name}: the type is gone; its events would be refused" for name in self.removed)]

    def to_json(self) -> dict[str, Any]:
        """The comparison as a JSON object."""
        return {
            "level": str(self.level),
            "problems": self.problems,
            "comparisons": [each.to_json() for each in self.comparisons],
            "added": [each.id for each in self.added],
            "gone": [each.id for each in self.gone],
            "removed": self.removed,
        }


def compare_files(
    old: Sequence[SchemaFile], new: Sequence[SchemaFile], shared: Iterable[Mapping[str, Any]], engine: Engine
) -> SetComparison:
    """Compare the schemas in ``old`` with those in ``new``.

    One file with one file: whatever their types. Otherwise each version with its own older form, or else with the next
    lower version that there is: a version that was released never changes, and a new one says by its number what its
    changes ask for.

    Raises:
        SchemaError: A file is no schema of the portable profile, or a set has two files of the same ``$id``.
    """
    shared = list(shared)
    result = SetComparison()
    if len(old) == len(new) == 1:
        (_, earlier_document), (_, later_document) = _identified(old[0]), _identified(new[0])
        result.comparisons.append(compare_schemas(earlier_document, later_document, shared, engine))
        return result
    before, after = _by_type(old), _by_type(new)
    for line in sorted(before.keys() | after.keys()):
        earlier, later = before.get(line, {}), after.get(line, {})
        if not later:
            result.removed.append(next(iter(earlier.values()))[0].type)
            continue
        result.gone += [earlier[number][0] for number in sorted(earlier.keys() - later.keys())]
        for number, (identity, document) in sorted(later.items()):
            predecessor = _predecessor(number, earlier, later)
            if predecessor is None:
                result.added.append(identity)
            else:
                result.comparisons.append(compare_schemas(predecessor, document, shared, engine))
    return result


def _predecessor(number: tuple[int, int, int], earlier: _Versions, later: _Versions) -> dict[str, Any] | None:
    if number in earlier:
        return earlier[number][1]
    lower = [each for each in earlier.keys() | later.keys() if each < number]
    return {**earlier, **later}[max(lower)][1] if lower else None


def _by_type(files: Iterable[SchemaFile]) -> dict[str, _Versions]:
    found: dict[str, _Versions] = {}
    for identity, document in map(_identified, files):
        versions = found.setdefault(identity.id.removesuffix(identity.version), {})
        if identity.number in versions:
            message = f"there are two files with the $id {identity.id}"
            raise SchemaError(message)
        versions[identity.number] = identity, document
    return found


def _identified(file: SchemaFile) -> tuple[SchemaIdentity, dict[str, Any]]:
    if file.document is None:
        message = f"{file.name}: {file.problem.reason if file.problem else 'it is no schema'}"
        raise SchemaError(message)
    if file.identity is None:
        message = f"{file.name}: $id is expected to name type and version, as in urn:acme:deployment/1.0.0"
        raise SchemaError(message)
    return file.identity, file.document
