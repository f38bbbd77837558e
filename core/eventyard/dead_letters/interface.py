"""What every store of dead letters does."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, Self

from eventyard.dead_letters.letter import DeadLetter

__all__ = ["DeadLetters", "Listing"]

_PAGE_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of dead letters, and how many there are.

    Attributes:
        letters: The letters, by number.
        next: The number behind which the next page starts; ``None`` when this is the last one.
        matching: How many are kept that pass the filters, on this page or not.
        kept: How many are kept.
        total: How many there ever were.
    """

    letters: Sequence[DeadLetter]
    next: int | None
    matching: int
    kept: int
    total: int

    @classmethod
    def of(cls, letters: Iterable[DeadLetter], limit: int, *, matching: int, kept: int, total: int) -> Self:
        """The page with the first of ``letters``: at most ``limit``, at most 4 MiB, but at least one letter."""
        page: list[DeadLetter] = []
        size = 0
        following: int | None = None
        for letter in letters:
            size += letter.size
            if len(page) == limit or (page and size > _PAGE_BYTES):
                following = page[-1].number
                break
            page.append(letter)
        return cls(page, following, matching, kept, total)


class DeadLetters(Protocol):
    """The latest dead letters, bounded by count and bytes: the oldest makes room.

    Numbers start at 1, grow, and are not used twice. Adding never waits; everything else sees all that was added
    before.
    """

    @property
    def kept(self) -> int:
        """How many letters are kept."""

    @property
    def failure(self) -> str | None:
        """Why letters cannot be kept at the moment; ``None`` when they can."""

    def open(self) -> None:
        """Make the store ready; called once, before anything else. A store that cannot be used tells by ``failure``."""

    def add(self, letter: DeadLetter) -> int | None:
        """Keep a letter under a new number; ``None`` when it has to be dropped, which is counted."""

    async def page(self, after: int, limit: int, types: Collection[str] = ()) -> Listing:
        """The next letters behind the number ``after``: see :meth:`Listing.of`.

        Args:
            after: The page starts behind this number.
            limit: At most so many letters.
            types: Only letters of these event types; empty for all.

        Raises:
            DeadLetterError: The store cannot be read.
        """

    async def numbers(self, after: int, limit: int, types: Collection[str] = ()) -> list[int]:
        """The numbers of the next letters; see :meth:`page`."""

    async def get(self, numbers: Collection[int]) -> list[DeadLetter]:
        """The letters of these numbers that are there, by number.

        Raises:
            DeadLetterError: The store cannot be read.
        """

    async def update(self, letters: Collection[DeadLetter]) -> None:
        """Keep new issues and retries of letters; those that are gone meanwhile stay gone.

        Raises:
            DeadLetterError: They could not be written.
        """

    async def remove(self, numbers: Collection[int]) -> int:
        """Remove letters; gives how many were there.

        Raises:
            DeadLetterError: They could not be removed.
        """

    async def close(self) -> None:
        """Write what was added, and free all resources."""
