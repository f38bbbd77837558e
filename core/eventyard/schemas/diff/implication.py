"""Whether every value that one schema takes is taken by another; where not, or where it cannot be shown, why.

The rule is to err on one side: what is not shown to be taken is told as a refusal.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from eventyard.schemas.diff.conjunction import Conjunction, kind_of
from eventyard.schemas.diff.likeness import say_alike
from eventyard.schemas.diff.refusal import Certainty, Refusal
from eventyard.schemas.diff.scalar_rules import Gap, count_gaps, number_gaps, text_gaps
from eventyard.schemas.diff.verdicts import Verdicts
from eventyard.schemas.pattern_language import Language
from eventyard.schemas.pattern_search import Search, Undecided
from eventyard.schemas.patterns import language_of
from eventyard.schemas.references import Location
from eventyard.schemas.subschemas import Path

__all__ = ["Implication"]

#: Keywords that are compared word for word alone, with those that change what they mean.
_WORD_FOR_WORD: Final = {
    "not": ("not",),
    "if": ("if", "then", "else"),
    "contains": ("contains", "minContains", "maxContains"),
    "oneOf": ("oneOf",),
    "dependentSchemas": ("dependentSchemas",),
}

#: How many pairs of schemas are compared at the most.
_MOST_PAIRS: Final = 20_000

#: How many nested cases are told apart: a value of ``anyOf`` is of its first form, or of its second, …
_MOST_CASES: Final = 2

#: How many members and items lead to a place at the most.
_DEEPEST: Final = 40

_Pair: TypeAlias = tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where two schemas are compared.

    Attributes:
        path: Where the value lies in the data.
        known: What was found for pairs of schemas before.
        under_way: The pairs that are being compared. Coming back to one, by way of a member or an item, needs no other
            answer than the one that is being found.
        cases: How many nested cases are told apart already.
    """

    path: Path
    known: dict[_Pair, list[Refusal]]
    under_way: frozenset[_Pair]
    cases: int = 0

    def at(self, step: str | int) -> "_Place":
        return replace(self, path=(*self.path, step))


class Implication:
    """Compares what one document takes with what another takes."""

    def __init__(self, verdicts: Verdicts, search: Search) -> None:
        """Ask ``verdicts`` about single values, and look for texts by ``search``."""
        self._verdicts = verdicts
        self._search = search
        self._pairs = 0

    def refusals(self, one: Conjunction, other: Conjunction) -> list[Refusal]:
        """Why a value that ``one`` takes may be refused by ``other``; empty when every value is taken."""
        return self._compare(one, other, _Place((), {}, frozenset()))

    def _compare(self, one: Conjunction, other: Conjunction, place: _Place) -> list[Refusal]:
        pair = one.key, other.key
        if other.is_open or not one.kinds or pair in place.under_way:
            return []
        if pair not in place.known:
            self._pairs += 1
            if self._pairs > _MOST_PAIRS or len(place.path) > _DEEPEST:
                return [Refusal("$ref", place.path, one, other, Certainty.NOT_SHOWN, "it is too large to be compared")]
            inner = replace(place, under_way=place.under_way | {pair})
            place.known[pair] = self._by_cases(one, other, inner)
        return place.known[pair]

    def _by_cases(self, one: Conjunction, other: Conjunction, place: _Place) -> list[Refusal]:
        found = list(self._find(one, other, place))
        if found and place.cases < _MOST_CASES:
            inner = replace(place, cases=place.cases + 1)
            for branches in (*one.branches("anyOf"), *one.branches("oneOf")):
                cases = [one.joined(branch) for branch in branches]
                # A case that adds nothing is no case.
                if all(case.key != one.key for case in cases) and not any(
                    self._compare(case, other, inner) for case in cases
                ):
                    return []
        return found

    def _find(self, one: Conjunction, other: Conjunction, place: _Place) -> Iterator[Refusal]:
        path = place.path

        def refusal(gap: Gap) -> Refusal:
            keyword, certainty, witness = gap
            return Refusal(keyword, path, one, other, certainty, witness=witness)

        if other.is_false:
            yield Refusal("false", path, one, other)
            return
        if one.kinds - other.kinds:
            keyword = "type" if other.all("type") else "const" if other.all("const") else "enum"
            yield Refusal(keyword, path, one, other, subject="kind")
        if one.values is not None:
            refused = [value for value in one.values if self._verdicts.separate(one, other, value)]
            common = [value for value in refused if kind_of(value) in other.kinds]
            if common:
                keyword = next((word for word in ("enum", "const") if other.all(word)), "type")
                yield Refusal(keyword, path, one, other, witness=common[0])
            return
        if other.values is not None:
            yield Refusal("enum" if other.all("enum") else "const", path, one, other)
            return
        kinds = one.kinds & other.kinds
        if kinds & {"integer", "fraction"}:
            yield from map(refusal, number_gaps(one, other))
        if "string" in kinds:
            yield from map(refusal, text_gaps(one, other, self._search))
        if "array" in kinds:
            yield from map(refusal, count_gaps(one, other, "minItems", "maxItems"))
            if any(other.all("uniqueItems")) and not any(one.all("uniqueItems")):
                yield Refusal("uniqueItems", path, one, other)
            yield from self._items(one, other, place)
        if "object" in kinds:
            yield from self._object(one, other, place)
        yield from self._composed(one, other, kinds, place)

    def _items(self, one: Conjunction, other: Conjunction, place: _Place) -> Iterator[Refusal]:
        longest = one.smallest("maxItems")
        for index in range(max(one.prefix, other.prefix) + 1):
            if longest is None or index < longest:
                yield from self._compare(one.item(index), other.item(index), place.at(index))

    def _object(self, one: Conjunction, other: Conjunction, place: _Place) -> Iterator[Refusal]:
        for keyword, certainty, _ in count_gaps(
            one, other, "minProperties", "maxProperties", at_least=len(one.required)
        ):
            yield Refusal(keyword, place.path, one, other, certainty)
        for name in sorted(other.required - one.required):
            yield Refusal("required", place.path, one, other, subject=name)
        for needs in other.all("dependentRequired"):
            for name, needed in needs.items():
                given = one.required.union(*(each.get(name, ()) for each in one.all("dependentRequired")))
                if one.member(name).kinds:
                    for missing in sorted(set(needed) - given):
                        yield Refusal("dependentRequired", place.path, one, other, subject=missing)
        yield from self._members(one, other, place)
        yield from self._names(one, other, place)

    def _members(self, one: Conjunction, other: Conjunction, place: _Place) -> Iterator[Refusal]:
        own = frozenset(one.property_names())
        named = list(dict.fromkeys((*one.property_names(), *other.property_names())))
        for name in named:
            mine, theirs = one.member(name), other.member(name)
            if name not in own and mine.is_open and not theirs.is_open and not theirs.is_false:
                yield Refusal("properties", (*place.path, name), mine, theirs, Certainty.NEW_MEMBER, name)
            else:
                yield from self._compare(mine, theirs, place.at(name))
        # A member that no property names is one of a pattern, or of none.
        own_patterns = list(one.name_patterns())
        patterns = list(dict.fromkeys((*own_patterns, *other.name_patterns())))
        for pattern in patterns:
            described = self._name(named, pattern)
            if described is None:
                continue
            theirs = other.most_by_pattern(pattern)
            if pattern in own_patterns:
                takers = [one.by_pattern(pattern)]
            else:
                # Such a member may be one of any of the other patterns, or of none.
                takers = [*map(one.by_pattern, own_patterns), one.other_members()]
            for mine in takers:
                yield from self._compare(mine, theirs, place.at(described))
        if (unnamed := self._name([*named, *patterns])) is not None:
            yield from self._compare(one.other_members(), other.other_members(), place.at(unnamed))

    def _name(self, taken: Iterable[str], pattern: str | None = None) -> str | None:
        """A name that ``pattern`` describes, and that is not ``taken``; ``None`` where it describes no other."""
        names = set(taken)
        if pattern is None:
            return next(name for number in range(len(names) + 1) if (name := f"other{number or ''}") not in names)
        language = language_of(pattern)
        inside: list[Language] = [] if language is None else [language]
        for length in range(len(names) + 1):
            try:
                found = self._search.find(inside, shortest=length)
            except Undecided:
                return "other"
            if found is None:
                return None if length == 0 else "other"
            if found not in names:
                return found
        return "other"

    def _names(self, one: Conjunction, other: Conjunction, place: _Place) -> Iterator[Refusal]:
        for rule in self._without_like(one, other, "propertyNames", ("propertyNames",)):
            is_closed = one.other_members().is_false and not list(one.name_patterns())
            inner = Conjunction.of(other.references, [other.references.child(rule, "propertyNames")])
            outside = [name for name in one.property_names() if not self._verdicts.takes(inner, name)]
            if not is_closed or outside:
                yield Refusal("propertyNames", place.path, one, other, subject=outside[0] if outside else None)

    def _composed(
        self, one: Conjunction, other: Conjunction, kinds: frozenset[str], place: _Place
    ) -> Iterator[Refusal]:
        for keyword, words in _WORD_FOR_WORD.items():
            applies = {"contains": "array" in kinds, "dependentSchemas": "object" in kinds}.get(keyword, True)
            if applies and any(self._without_like(one, other, keyword, words)):
                yield Refusal(keyword, place.path, one, other, Certainty.NOT_SHOWN)
        for part in self._without_like(one, other, "anyOf", ("anyOf",)):
            options = [
                Conjunction.of(other.references, [other.references.child(part, "anyOf", index)])
                for index in range(len(part.keywords["anyOf"]))
            ]
            if not any(not self._compare(one, option, replace(place, known={})) for option in options):
                yield Refusal("anyOf", place.path, one, other, Certainty.NOT_SHOWN)

    @staticmethod
    def _without_like(one: Conjunction, other: Conjunction, keyword: str, words: tuple[str, ...]) -> Iterator[Location]:
        """The parts of ``other`` with ``keyword`` that no part of ``one`` has in the same words."""
        for part in other.parts:
            if keyword in part.keywords and not any(
                say_alike(mine, part, words, one.references, other.references) for mine in one.parts
            ):
                yield part
