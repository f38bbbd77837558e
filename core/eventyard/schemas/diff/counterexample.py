"""Examples of what a change breaks: data that one schema takes and the other refuses, shown by both validators."""

import copy
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from eventyard.schemas.diff.conjunction import Conjunction
from eventyard.schemas.diff.refusal import Refusal
from eventyard.schemas.diff.samples import NoSample, edges, sample
from eventyard.schemas.diff.verdicts import Verdicts
from eventyard.schemas.pattern_search import Search
from eventyard.schemas.subschemas import Path

__all__ = ["Counterexamples"]

#: How many values are tried in one place of one example.
_MOST_TRIES: Final = 300

#: How many examples are taken as a start.
_MOST_STARTS: Final = 5


class Counterexamples:
    """Finds data that one schema takes and another refuses."""

    def __init__(self, verdicts: Verdicts, search: Search) -> None:
        """Ask ``verdicts``, and look for texts by ``search``."""
        self._verdicts = verdicts
        self._search = search

    def find(self, taken_by: Conjunction, refused_by: Conjunction, refusal: Refusal) -> tuple[Any] | None:
        """Data that ``taken_by`` takes and ``refused_by`` refuses for the reason in ``refusal``, in a tuple.

        ``None`` when none was found; there may be some all the same.
        """
        for start in self._starts(taken_by, refused_by):
            for place in self._places(start, taken_by, refusal.path):
                for value in islice(self._values(refusal, place.value), _MOST_TRIES):
                    data = place.put(value)
                    if self._verdicts.separate(taken_by, refused_by, data):
                        return (data,)
        return None

    def _starts(self, taken_by: Conjunction, refused_by: Conjunction) -> Iterator[Any]:
        """Data that ``taken_by`` takes: examples of both documents, and one that is made."""
        examples = [
            example
            for schema in (taken_by, refused_by)
            for example in schema.references.root.keywords.get("examples", ())
            if self._verdicts.takes(taken_by, example)
        ]
        yield from islice(examples, _MOST_STARTS)
        try:
            yield sample(taken_by, self._search)
        except NoSample:
            if not examples:
                yield {}

    def _places(self, start: Any, schema: Conjunction, path: Path) -> "Iterator[_Place]":
        root = {"": copy.deepcopy(start)}
        place = _Place(root, root, "")
        for step in path:
            value, schema = self._inner(place, schema, step)
            if value is None:
                return
            place = _Place(root, value, step)
        yield place

    def _inner(self, place: "_Place", schema: Conjunction, step: str | int) -> tuple[Any, Conjunction]:
        """The object or array at ``place``, made where there is none, with something at ``step``."""
        value = place.value
        try:
            if isinstance(step, str):
                inner = schema.member(step)
                if not isinstance(value, dict):
                    value = place.container[place.step] = {
                        name: sample(schema.member(name), self._search) for name in sorted(schema.required)
                    }
                if step not in value:
                    value[step] = sample(inner, self._search)
            else:
                inner = schema.item(step)
                if not isinstance(value, list):
                    value = place.container[place.step] = []
                while len(value) <= step:
                    value.append(sample(schema.item(len(value)), self._search))
        except NoSample:
            return None, schema
        return value, inner

    def _values(self, refusal: Refusal, current: Any) -> Iterator[Any]:
        if refusal.witness is not None:
            yield refusal.witness
        if refusal.keyword == "required" and isinstance(current, dict):
            yield {name: value for name, value in current.items() if name != refusal.subject}
        yield from edges(refusal.taken_by, refusal.refused_by, current, self._search)


class _Place:
    """A member or item of data."""

    def __init__(self, root: dict[str, Any], container: Any, step: str | int) -> None:
        self._root = root
        self.container = container
        self.step = step

    @property
    def value(self) -> Any:
        return self.container[self.step]

    def put(self, value: Any) -> Any:
        """The data with ``value`` here, as a copy."""
        before = self.container[self.step]
        self.container[self.step] = value
        try:
            return copy.deepcopy(self._root[""])
        finally:
            self.container[self.step] = before
