"""Sets of characters, as the classes of regular expressions name them."""

from collections.abc import Iterable
from typing import Final, TypeAlias

__all__ = ["ANY", "Characters", "complement", "contains", "union"]

#: Inclusive ranges of code points, in order and apart from each other.
Characters: TypeAlias = tuple[tuple[int, int], ...]

_LAST: Final = 0x10FFFF

#: All characters.
ANY: Final[Characters] = ((0, _LAST),)


def union(ranges: Iterable[tuple[int, int]]) -> Characters:
    """The characters in any of ``ranges``."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(merged[-1][1], high)
        else:
            merged.append((low, high))
    return tuple(merged)


def complement(characters: Characters) -> Characters:
    """All other characters."""
    gaps: list[tuple[int, int]] = []
    first = 0
    for low, high in characters:
        if first < low:
            gaps.append((first, low - 1))
        first = high + 1
    if first <= _LAST:
        gaps.append((first, _LAST))
    return tuple(gaps)


def contains(characters: Characters, code: int) -> bool:
    """Whether the character ``code`` is in ``characters``."""
    return any(low <= code <= high for low, high in characters)
