"""Everything that a schema demands of one value, gathered from its references and its ``allOf``."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from eventyard.schemas.patterns import compile_pattern
from eventyard.schemas.references import Location, References

__all__ = ["KINDS", "Conjunction", "kind_of"]

#: The kinds of JSON values, whole numbers apart from others.
KINDS: Final = frozenset({"array", "boolean", "fraction", "integer", "null", "object", "string"})

_OF_TYPE: Final[Mapping[str, frozenset[str]]] = {
    **{kind: frozenset({kind}) for kind in KINDS - {"fraction"}},
    "number": frozenset({"integer", "fraction"}),
}


def kind_of(value: Any) -> str:
    """The kind of a JSON value; 1.0 is a whole number (JSON Schema 2020-12, validation §6.1.1)."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "string"
        case list():
            return "array"
        case dict():
            return "object"
        case float() if not value.is_integer():
            return "fraction"
    return "integer"


@dataclass(frozen=True)
class Conjunction:
    """Schemas that all apply to the same value.

    Attributes:
        references: Their document.
        parts: The schemas; those that references and ``allOf`` lead to stand beside those that have them.
        nothing: One of them that is ``False``, so that no value satisfies them; ``None`` when there is none.
    """

    references: References
    parts: tuple[Location, ...]
    nothing: Location | None

    @classmethod
    def of(cls, references: References, locations: Sequence[Location]) -> "Conjunction":
        """Gather all that apply where ``locations`` do."""
        parts: dict[Location, None] = {}
        nothing: Location | None = None
        waiting = list(reversed(locations))
        while waiting:
            location = waiting.pop()
            if location.schema is False:
                nothing = nothing or location
            if location in parts or not location.keywords:
                continue
            parts[location] = None
            inner = [child for step, child in references.children(location) if step[0] == "allOf"]
            target = references.target(location)
            waiting += [*reversed(inner), *([] if target is None else [target])]
        return cls(references, tuple(parts), nothing)

    @property
    def is_false(self) -> bool:
        """Whether no value satisfies them, because one of them is ``False``."""
        return self.nothing is not None

    @property
    def key(self) -> tuple[frozenset[Location], bool]:
        """Equal for conjunctions of the same schemas."""
        return frozenset(self.parts), self.is_false

    @property
    def is_open(self) -> bool:
        """Whether nothing is demanded."""
        return not self.parts and not self.is_false

    def joined(self, location: Location) -> "Conjunction":
        """What is demanded where ``location`` applies besides."""
        other = Conjunction.of(self.references, [location])
        parts = dict.fromkeys((*self.parts, *other.parts))
        return Conjunction(self.references, tuple(parts), self.nothing or other.nothing)

    def all(self, keyword: str) -> list[Any]:
        """The values of ``keyword``, wherever it stands."""
        return [part.keywords[keyword] for part in self.parts if keyword in part.keywords]

    def where(self, keyword: str) -> Location:
        """The first schema that has ``keyword``."""
        return next(part for part in self.parts if keyword in part.keywords)

    def largest(self, keyword: str, otherwise: Any = None) -> Any:
        """The largest value of ``keyword``."""
        return max(self.all(keyword), default=otherwise)

    def smallest(self, keyword: str) -> Any:
        """The smallest value of ``keyword``, or ``None``."""
        return min(self.all(keyword), default=None)

    @cached_property
    def values(self) -> list[Any] | None:
        """The values that ``enum`` or ``const`` leave, other keywords not looked at; ``None`` when there is neither."""
        for part in self.parts:
            if "const" in part.keywords:
                return [part.keywords["const"]]
        lists = self.all("enum")
        return min(lists, key=len) if lists else None

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of values that it leaves."""
        kinds = frozenset() if self.is_false else KINDS
        for types in self.all("type"):
            names = [types] if isinstance(types, str) else types
            kinds &= frozenset[str]().union(*(_OF_TYPE[name] for name in names))
        return kinds if self.values is None else kinds & frozenset(map(kind_of, self.values))

    @cached_property
    def required(self) -> frozenset[str]:
        """The members that an object must have."""
        return frozenset(name for names in self.all("required") for name in names)

    def property_names(self) -> Iterator[str]:
        """The members that ``properties`` name, each once."""
        yield from dict.fromkeys(name for properties in self.all("properties") for name in properties)

    def name_patterns(self) -> Iterator[str]:
        """The patterns of ``patternProperties``, each once."""
        yield from dict.fromkeys(pattern for patterns in self.all("patternProperties") for pattern in patterns)

    def member(self, name: str) -> "Conjunction":
        """What is demanded of the member ``name``."""
        found: list[Location] = []
        for part in self.parts:
            applied = [
                self.references.child(part, "patternProperties", pattern)
                for pattern in part.keywords.get("patternProperties", ())
                if compile_pattern(pattern).search(name)
            ]
            if name in part.keywords.get("properties", ()):
                applied.append(self.references.child(part, "properties", name))
            found += applied or self._named(part, "additionalProperties")
        return Conjunction.of(self.references, found)

    def by_pattern(self, pattern: str) -> "Conjunction":
        """What is demanded of all members whose names ``pattern`` describes, because a schema has this very pattern."""
        return Conjunction.of(self.references, self._by_pattern(pattern))

    def most_by_pattern(self, pattern: str) -> "Conjunction":
        """The most that may be demanded of a member that nothing names and ``pattern`` describes."""
        without = (
            each
            for part in self.parts
            if pattern not in part.keywords.get("patternProperties", ())
            for each in self._named(part, "additionalProperties")
        )
        return Conjunction.of(self.references, [*self._by_pattern(pattern), *without])

    def other_members(self) -> "Conjunction":
        """What is demanded of members that nothing names."""
        return Conjunction.of(
            self.references, [each for part in self.parts for each in self._named(part, "additionalProperties")]
        )

    @property
    def prefix(self) -> int:
        """How many items have a schema of their own."""
        return max((len(items) for items in self.all("prefixItems")), default=0)

    def item(self, index: int) -> "Conjunction":
        """What is demanded of the item ``index``."""
        found: list[Location] = []
        for part in self.parts:
            if index < len(part.keywords.get("prefixItems", ())):
                found.append(self.references.child(part, "prefixItems", index))
            else:
                found += self._named(part, "items")
        return Conjunction.of(self.references, found)

    def branches(self, keyword: str) -> list[list[Location]]:
        """The schemas of each ``anyOf`` or ``oneOf``."""
        return [
            [self.references.child(part, keyword, index) for index in range(len(part.keywords[keyword]))]
            for part in self.parts
            if keyword in part.keywords
        ]

    def _by_pattern(self, pattern: str) -> list[Location]:
        return [
            self.references.child(part, "patternProperties", pattern)
            for part in self.parts
            if pattern in part.keywords.get("patternProperties", ())
        ]

    def _named(self, part: Location, keyword: str) -> list[Location]:
        return [self.references.child(part, keyword)] if keyword in part.keywords else []
