"""How often a value is checked: schemas whose references multiply could keep a validator busy for hours.

Validators follow every reference anew. Two references to the same schema from one place are twice the work; doubled
again in that schema, four times; and if a schema refers to itself twice for the same member, the work doubles with each
level of the value, however small the schema is.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from eventyard.schemas.finding import Finding
from eventyard.schemas.patterns import compile_pattern
from eventyard.schemas.references import Location, References

__all__ = ["MOST_FOR_A_VALUE", "MOST_IN_A_ROW", "effort_findings"]

#: How many schemas may apply to one value.
MOST_FOR_A_VALUE: Final = 500

#: How many schemas may lead from one to the next, all applying to the same value.
MOST_IN_A_ROW: Final = 32

#: How many patterns may apply to the names of one object.
_MOST_PATTERNS: Final = 100

#: How many schemas may apply to a value and the values around it, up to the whole event.
_MOST_ON_A_PATH: Final = 10_000

#: How many steps the search may take.
_MOST_STEPS: Final = 300_000


class _Excess(Exception):
    """Too much, and where."""

    def __init__(self, location: Location, reason: str) -> None:
        super().__init__(reason)
        self.finding = Finding("effort", location.pointer, reason)


def effort_findings(references: References) -> list[Finding]:
    """The first place in the document where checking a value could take too long; nothing where there is none.

    Args:
        references: A document without cycles, and the documents that it refers to.
    """
    try:
        _Search(references).run()
    except _Excess as excess:
        return [excess.finding]
    return []


class _Search:
    def __init__(self, references: References) -> None:
        self._references = references
        self._steps = 0
        self._applied: dict[Location, Counter[Location]] = {}
        self._rows: dict[Location, int] = {}
        self._groups: dict[Location, list[Counter[Location]]] = {}

    def run(self) -> None:
        root = self._references.root
        for each in self._references.own():
            self._apply(each)
        on_path: dict[Location, int] = {}
        # Components come with those that they lead to before them.
        for component in self._components(root):
            members = set(component)
            total = 0
            for member in component:
                most = 0
                for group in self._children(member):
                    if sum(count for child, count in group.items() if child in members) > 1:
                        reason = "it leads back to itself more than once for the same member or item"
                        raise _Excess(member, f"{reason}, so the work doubles with each level of a value")
                    outside = sum(count * on_path[child] for child, count in group.items() if child not in members)
                    most = max(most, outside)
                total += self._apply(member).total() + most
            if total > _MOST_ON_A_PATH:
                raise _Excess(component[-1], f"more than {_MOST_ON_A_PATH} schemas apply on the way to one value")
            on_path |= dict.fromkeys(component, total)

    def _count(self, location: Location, steps: int = 1) -> None:
        self._steps += steps
        if self._steps > _MOST_STEPS:
            raise _Excess(location, "its references are too entangled to be followed")

    def _apply(self, location: Location, row: int = 1) -> "Counter[Location]":
        """All schemas that apply to the same value as ``location``, each with how often."""
        if location not in self._applied:
            applied = Counter([location])
            longest = 0
            for each in self._references.same_value(location) if row <= MOST_IN_A_ROW else ():
                applied.update(self._apply(each, row + 1))
                longest = max(longest, self._rows[each])
                self._count(location, len(applied))
                if applied.total() > MOST_FOR_A_VALUE:
                    raise _Excess(location, f"more than {MOST_FOR_A_VALUE} schemas apply to the same value")
            self._applied[location], self._rows[location] = applied, longest + 1
        if max(row, self._rows[location]) > MOST_IN_A_ROW:
            raise _Excess(location, f"more than {MOST_IN_A_ROW} schemas lead from one to the next for the same value")
        return self._applied[location]

    def _children(self, location: Location) -> list[Counter[Location]]:
        """What applies to one and the same member or item of a value, for each kind of member and item."""
        if location not in self._groups:
            self._groups[location] = list(self._find_children(location))
        return self._groups[location]

    def _find_children(self, location: Location) -> Iterator[Counter[Location]]:
        applied = self._apply(location)
        if sum(len(each.keywords.get("patternProperties", ())) for each in applied.elements()) > _MOST_PATTERNS:
            raise _Excess(location, f"more than {_MOST_PATTERNS} patterns apply to the names of one object")
        names: dict[str, None] = {}
        lengths = {0}
        for each in applied:
            names |= dict.fromkeys(each.keywords.get("properties", ()))
            lengths.add(len(each.keywords.get("prefixItems", ())))
        for name in (*names, None):
            yield self._group(applied, partial(self._of_member, name))
        for index in sorted(lengths | {length - 1 for length in lengths if length}):
            yield self._group(applied, partial(self._of_item, index))
        yield self._group(applied, partial(self._named, "propertyNames"))

    def _group(self, applied: Counter[Location], find: Callable[[Location], Iterator[Location]]) -> Counter[Location]:
        group: Counter[Location] = Counter()
        for each, count in applied.items():
            self._count(each)
            for child in find(each):
                self._count(each)
                group[child] += count
        return group

    def _named(self, keyword: str, location: Location) -> Iterator[Location]:
        if keyword in location.keywords:
            yield self._references.child(location, keyword)

    def _of_member(self, name: str | None, location: Location) -> Iterator[Location]:
        """What ``location`` applies to the member ``name``, or to one of a name that no schema has."""
        keywords = location.keywords
        patterns = [
            pattern
            for pattern in keywords.get("patternProperties", ())
            if name is None or compile_pattern(pattern).search(name)
        ]
        if name is not None and name in keywords.get("properties", ()):
            yield self._references.child(location, "properties", name)
        elif name is None or not patterns:
            yield from self._named("additionalProperties", location)
        for pattern in patterns:
            yield self._references.child(location, "patternProperties", pattern)

    def _of_item(self, index: int, location: Location) -> Iterator[Location]:
        if index < len(location.keywords.get("prefixItems", ())):
            yield self._references.child(location, "prefixItems", index)
        else:
            yield from self._named("items", location)
        yield from self._named("contains", location)

    def _components(self, root: Location) -> Iterator[list[Location]]:
        """The schemas of values that lead to each other, by Tarjan's algorithm, without recursion."""
        order: dict[Location, int] = {root: 0}
        lowest: dict[Location, int] = {root: 0}
        stack = [root]
        on_stack = {root}
        under_way = [(root, self._followers(root))]
        while under_way:
            location, followers = under_way[-1]
            for child in followers:
                if child not in order:
                    order[child] = lowest[child] = len(order)
                    stack.append(child)
                    on_stack.add(child)
                    under_way.append((child, self._followers(child)))
                    break
                if child in on_stack:
                    lowest[location] = min(lowest[location], order[child])
            else:
                under_way.pop()
                if under_way:
                    parent = under_way[-1][0]
                    lowest[parent] = min(lowest[parent], lowest[location])
                if lowest[location] == order[location]:
                    component: list[Location] = []
                    while not component or component[-1] is not location:
                        component.append(stack.pop())
                    on_stack -= set(component)
                    yield component

    def _followers(self, location: Location) -> Iterator[Location]:
        for group in self._children(location):
            yield from group
