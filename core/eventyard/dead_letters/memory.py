"""The dead letters that live as long as the process."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final

from eventyard.dead_letters.interface import Listing
from eventyard.dead_letters.letter import DeadLetter

__all__ = ["MemoryDeadLetters"]


class MemoryDeadLetters:
    """Keeps dead letters in memory; see :class:`DeadLetters`."""

    #: Memory does not fail.
    failure: Final = None

    def __init__(self, capacity: int, most_bytes: int) -> None:
        """Keep at most ``capacity`` letters of at most ``most_bytes`` together."""
        self._capacity = capacity
        self._most_bytes = most_bytes
        # By number, in ascending order.
        self._letters: dict[int, DeadLetter] = {}
        self._size = 0
        self._total = 0

    @property
    def kept(self) -> int:
        """How many letters are kept."""
        return len(self._letters)

    def open(self) -> None:
        """Nothing is to be done."""

    def add(self, letter: DeadLetter) -> int | None:
        """Keep a letter; the oldest make room."""
        self._total += 1
        self._letters[self._total] = replace(letter, number=self._total)
        self._size += letter.size
        while self._letters and (len(self._letters) > self._capacity or self._size > self._most_bytes):
            self._forget(next(iter(self._letters)))
        return self._total

    async def page(self, after: int, limit: int, types: Collection[str] = ()) -> Listing:
        """The next letters; see :meth:`DeadLetters.page`."""
        matching = sum(1 for _ in self._matching(0, types))
        letters = self._matching(after, types)
        return Listing.of(letters, limit, matching=matching, kept=self.kept, total=self._total)

    async def numbers(self, after: int, limit: int, types: Collection[str] = ()) -> list[int]:
        """The numbers of the next letters."""
        return [letter.number for letter in self._matching(after, types)][:limit]

    async def get(self, numbers: Collection[int]) -> list[DeadLetter]:
        """The letters of these numbers that are there."""
        return [self._letters[number] for number in sorted(numbers) if number in self._letters]

    async def update(self, letters: Collection[DeadLetter]) -> None:
        """Keep new issues and retries of letters."""
        for letter in letters:
            old = self._letters.get(letter.number)
            if old is not None:
                self._letters[letter.number] = letter
                self._size += letter.size - old.size

    async def remove(self, numbers: Collection[int]) -> int:
        """Remove letters; gives how many were there."""
        there = self._letters.keys() & set(numbers)
        for number in there:
            self._forget(number)
        return len(there)

    async def close(self) -> None:
        """Forget everything."""
        self._letters.clear()

    def _matching(self, after: int, types: Collection[str]) -> Iterator[DeadLetter]:
        return (
            letter for letter in self._letters.values() if letter.number > after and (not types or letter.type in types)
        )

    def _forget(self, number: int) -> None:
        self._size -= self._letters.pop(number).size
