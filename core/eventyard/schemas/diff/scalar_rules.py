"""What the rules for numbers and texts of one schema leave over of those of another."""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor
from typing import Any, Final, TypeAlias

from eventyard.schemas.diff.conjunction import Conjunction
from eventyard.schemas.diff.refusal import Certainty
from eventyard.schemas.pattern_language import Language
from eventyard.schemas.pattern_search import Search, Undecided
from eventyard.schemas.patterns import language_of

__all__ = ["Gap", "count_gaps", "number_gaps", "text_gaps"]

#: Keyword, how sure it is, and a value that shows it (or ``None``).
Gap: TypeAlias = tuple[str, Certainty, object]

_LARGER_FORMATS: Final = {"uri": "uri-reference"}


def number_gaps(one: Conjunction, other: Conjunction) -> Iterator[Gap]:
    """Which rules of ``other`` may refuse a number that ``one`` takes."""
    whole = "fraction" not in one.kinds
    for keyword, exclusive, sign in (("minimum", "exclusiveMinimum", 1), ("maximum", "exclusiveMaximum", -1)):
        needed = _bound(other, keyword, exclusive, sign, whole=whole)
        if needed is not None:
            given = _bound(one, keyword, exclusive, sign, whole=whole)
            if given is None or given < needed:
                yield keyword if other.all(keyword) else exclusive, Certainty.NARROWER, None
    for step in other.all("multipleOf"):
        # Whole numbers are multiples of 1.
        given_steps = [*one.all("multipleOf"), *([1] if whole else [])]
        if not any(each % step == 0 for each in given_steps):
            yield "multipleOf", Certainty.NARROWER, None


def count_gaps(one: Conjunction, other: Conjunction, least: str, most: str, *, at_least: int = 0) -> Iterator[Gap]:
    """Which of the bounds ``least`` and ``most`` of ``other`` may refuse a count that ``one`` takes.

    Args:
        one: What takes the value.
        other: What may refuse it.
        least: The keyword of the lower bound.
        most: The keyword of the upper bound.
        at_least: What else is known of the count in ``one``.
    """
    if other.largest(least, 0) > one.largest(least, at_least):
        yield least, Certainty.NARROWER, None
    needed, given = other.smallest(most), one.smallest(most)
    if needed is not None and (given is None or given > needed):
        yield most, Certainty.NARROWER, None


def text_gaps(one: Conjunction, other: Conjunction, search: Search) -> Iterator[Gap]:
    """Which rules of ``other`` may refuse a text that ``one`` takes."""
    inside = [language for pattern in one.all("pattern") if (language := language_of(pattern)) is not None]
    shortest, longest = one.largest("minLength", 0), one.smallest("maxLength")

    def hunt(keyword: str, outside: Language | None = None, least: int = shortest, most: int | None = longest) -> Any:
        try:
            witness = search.find(inside, outside, shortest=least, longest=most)
        except Undecided:
            return [(keyword, Certainty.NOT_SHOWN, None)]
        return [] if witness is None else [(keyword, Certainty.NARROWER, witness)]

    for keyword, certainty, _ in count_gaps(one, other, "minLength", "maxLength"):
        if not inside:
            yield keyword, certainty, None
        elif keyword == "minLength":
            yield from hunt(keyword, most=other.largest("minLength") - 1)
        else:
            yield from hunt(keyword, least=other.smallest("maxLength") + 1)
    for pattern in dict.fromkeys(other.all("pattern")):
        if pattern not in one.all("pattern"):
            outside = language_of(pattern)
            yield from [("pattern", Certainty.NOT_SHOWN, None)] if outside is None else hunt("pattern", outside)
    formats = one.all("format")
    for name in dict.fromkeys(other.all("format")):
        if name not in formats and not any(_LARGER_FORMATS.get(each) == name for each in formats):
            yield "format", Certainty.NARROWER, None


def _bound(
    schema: Conjunction, keyword: str, exclusive: str, sign: int, *, whole: bool
) -> tuple[Fraction, bool] | None:
    """The bound, made a lower one by ``sign``, and whether it is exclusive; ``None`` when there is none."""
    bounds = [
        *((Fraction(repr(value)), False) for value in schema.all(keyword)),
        *((Fraction(repr(value)), True) for value in schema.all(exclusive)),
    ]
    if whole:
        # The nearest whole number within.
        bounds = [(_whole(value, is_exclusive, sign), False) for value, is_exclusive in bounds]
    return max(((sign * value, is_exclusive) for value, is_exclusive in bounds), default=None)


def _whole(value: Fraction, is_exclusive: bool, sign: int) -> Fraction:
    nearest = ceil(value) if sign > 0 else floor(value)
    return Fraction(nearest + sign if is_exclusive and nearest == value else nearest)
