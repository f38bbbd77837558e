"""The shape of values that were seen: what kinds they are, and how far they go. Its size is bounded."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from eventyard.schemas.formats import FORMATS

__all__ = ["MAX_DEPTH", "Budget", "Shape"]

#: How deep members and items are looked into; what lies deeper may be anything.
MAX_DEPTH: Final = 20

#: How many different members an object may have before it is taken for a map, whose names mean nothing.
_MOST_MEMBERS: Final = 100

#: How many different texts are remembered.
_MOST_TEXTS: Final = 16

#: A text longer than this has no format.
_LONGEST_FORMATTED: Final = 2048

_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,39}")
_FORMATS: Final = tuple(name for name in FORMATS if name != "uri-reference")


@dataclass(slots=True)
class Budget:
    """How many more shapes may be made for one schema."""

    shapes: int

    def take(self) -> bool:
        """Whether another one may be made."""
        self.shapes -= 1
        return self.shapes >= 0


@dataclass(slots=True)
class Shape:
    """What is known of the values in one place.

    Attributes:
        budget: Shared by all shapes of a schema.
        depth: How many members and items lead here.
        kinds: How many values of each JSON type were seen; ``number`` stands for those with a fraction or an exponent.
        longest: The length of the longest text.
        formats: The formats that all texts have.
        words: The texts and how often each was seen; ``None`` when they are too many, or are no words.
        most_items: The length of the longest array.
        items: The shape of the items; ``None`` while there are none, or where they may be anything.
        members: The shapes of the members, by name; ``None`` where they may be anything.
        others: The shape of all members together, where the object is taken for a map.
        is_cut: Whether there is more than the budget and the depth allow to know.
    """

    budget: Budget
    depth: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    longest: int = 0
    formats: set[str] = field(default_factory=lambda: set(_FORMATS))
    words: Counter[str] | None = field(default_factory=Counter)
    most_items: int = 0
    items: "Shape | None" = None
    members: "dict[str, Shape]" = field(default_factory=dict)
    others: "Shape | None" = None
    is_cut: bool = False

    @property
    def count(self) -> int:
        """How many values were seen."""
        return self.kinds.total()

    def see(self, value: Any) -> None:
        """Take a JSON value into account."""
        match value:
            case None:
                self.kinds["null"] += 1
            case bool():
                self.kinds["boolean"] += 1
            case int():
                self.kinds["integer"] += 1
            case float():
                self.kinds["number"] += 1
            case str():
                self.kinds["string"] += 1
                self._see_text(value)
            case list():
                self.kinds["array"] += 1
                self._see_items(value)
            case _:
                self.kinds["object"] += 1
                self._see_members(value)

    def _see_text(self, text: str) -> None:
        self.longest = max(self.longest, len(text))
        self.formats = {
            name
            for name in self.formats
            # Nearly every text with a colon is a URI.
            if len(text) <= _LONGEST_FORMATTED and FORMATS[name](text) and (name != "uri" or "://" in text)
        }
        if self.words is not None:
            self.words[text] += 1
            if len(self.words) > _MOST_TEXTS or not _WORD.fullmatch(text):
                self.words = None

    def _see_items(self, values: list[Any]) -> None:
        self.most_items = max(self.most_items, len(values))
        if values and self.items is None:
            self.items = self._inner()
        if self.items is not None:
            for value in values:
                self.items.see(value)

    def _see_members(self, members: Mapping[str, Any]) -> None:
        if self.others is None:
            for name, value in members.items():
                shape = self.members.get(name) or self._member(name)
                if shape is not None:
                    shape.see(value)
            if len(self.members) > _MOST_MEMBERS:
                self._become_map()
        else:
            for value in members.values():
                self.others.see(value)

    def _member(self, name: str) -> "Shape | None":
        inner = self._inner()
        if inner is not None:
            self.members[name] = inner
        return inner

    def _become_map(self) -> None:
        others = self._inner()
        if others is None:
            self.members = {}
            return
        for shape in self.members.values():
            others.merge(shape)
        self.members, self.others = {}, others

    def _inner(self) -> "Shape | None":
        if self.depth >= MAX_DEPTH or not self.budget.take():
            self.is_cut = True
            return None
        return Shape(self.budget, self.depth + 1)

    def merge(self, other: "Shape") -> None:
        """Take all values that ``other`` has seen into account."""
        self.kinds += other.kinds
        self.longest = max(self.longest, other.longest)
        self.formats &= other.formats
        self.words = None if self.words is None or other.words is None else self.words + other.words
        self.most_items = max(self.most_items, other.most_items)
        self.is_cut = self.is_cut or other.is_cut
        self.items = self._merged([self.items, other.items])
        if self.others is None and other.others is None:
            for name, shape in other.members.items():
                mine = self.members.get(name) or self._member(name)
                if mine is not None:
                    mine.merge(shape)
        else:
            self.others = self._merged([self.others, other.others, *self.members.values(), *other.members.values()])
            self.members = {}

    def _merged(self, shapes: "Iterable[Shape | None]") -> "Shape | None":
        known = [shape for shape in shapes if shape is not None]
        if not known:
            return None
        merged = self._inner()
        if merged is not None:
            for shape in known:
                merged.merge(shape)
        return merged
