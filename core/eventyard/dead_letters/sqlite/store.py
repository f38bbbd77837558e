"""The dead letters in the data directory: nobody waits for what is added, and what waits is bounded."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from eventyard.dead_letters.interface import Listing
from eventyard.dead_letters.letter import DeadLetter
from eventyard.dead_letters.sqlite.database import Database
from eventyard.dead_letters.sqlite.keeper import Keeper
from eventyard.dead_letters.sqlite.table import LetterTable
from eventyard.errors import DeadLetterError
from eventyard.metrics import Metrics

__all__ = ["SqliteDeadLetters"]

log = logging.getLogger(__name__)

T = TypeVar("T")

# What may wait for the disk. A flood of refused events fills this and no more; what comes on top is dropped.
_MOST_WAITING: Final = 10_000
_MOST_WAITING_BYTES: Final = 16 * 1024 * 1024


class SqliteDeadLetters:
    """Keeps dead letters in an SQLite file; see :class:`DeadLetters`.

    The directory must belong to this server: the journal locks it.
    """

    def __init__(self, directory: Path, capacity: int, most_bytes: int, metrics: Metrics) -> None:
        """Keep letters in ``directory``.

        Args:
            directory: The data directory.
            capacity: How many letters are kept.
            most_bytes: How many bytes the letters may take.
            metrics: Where it counts what it drops.
        """
        self._database = Database(directory / "dead-letters.sqlite3")
        self._capacity = capacity
        self._most_bytes = most_bytes
        self._metrics = metrics
        #: Why letters cannot be kept at the moment; ``None`` when they can.
        self.failure: str | None = None
        self._table: LetterTable | None = None
        self._number = 0
        self._waiting = 0
        self._waiting_bytes = 0

    @property
    def kept(self) -> int:
        """How many letters are kept."""
        return 0 if self._table is None else self._table.kept

    def open(self) -> None:
        """Go on where the file ends; a file that cannot be opened costs letters only, until the next start."""
        self._loop = asyncio.get_running_loop()
        try:
            table = LetterTable(self._database, self._capacity, self._most_bytes, skip=_MOST_WAITING)
        except (OSError, sqlite3.Error) as error:
            self.failure = self._explained(error)
            log.error("%s; nothing that is refused is kept until the server is started again", self.failure)
            return
        self._number = table.head
        self._table = table
        self._keeper = Keeper(table, self._wrote)

    def add(self, letter: DeadLetter) -> int | None:
        """Queue a letter under a new number; never waits."""
        if self._table is None:
            self._metrics.dropped.labels("dead_letter_disk").inc()
            return None
        if self._waiting and (
            self._waiting >= _MOST_WAITING or self._waiting_bytes + letter.size > _MOST_WAITING_BYTES
        ):
            self._metrics.dropped.labels("dead_letter_queue").inc()
            return None
        self._number += 1
        self._waiting += 1
        self._waiting_bytes += letter.size
        self._keeper.put(replace(letter, number=self._number))
        return self._number

    async def page(self, after: int, limit: int, types: Collection[str] = ()) -> Listing:
        """The next letters; see :meth:`DeadLetters.page`."""
        return await self._ask(lambda table: table.page(after, limit, types))

    async def numbers(self, after: int, limit: int, types: Collection[str] = ()) -> list[int]:
        """The numbers of the next letters."""
        return await self._ask(lambda table: table.numbers(after, limit, types))

    async def get(self, numbers: Collection[int]) -> list[DeadLetter]:
        """The letters of these numbers that are there."""
        return await self._ask(lambda table: table.get(numbers))

    async def update(self, letters: Collection[DeadLetter]) -> None:
        """Keep new issues and retries of letters."""
        await self._ask(lambda table: table.update(letters))

    async def remove(self, numbers: Collection[int]) -> int:
        """Remove letters; gives how many were there."""
        return await self._ask(lambda table: table.remove(numbers))

    async def close(self) -> None:
        """Write what is queued and close the file."""
        if self._table is not None:
            # Nothing is added behind what is written now.
            self._table = None
            stopped = asyncio.Event()
            # Not by an executor: there are none when a program stops its server at its very end.
            self._keeper.stop(partial(self._loop.call_soon_threadsafe, stopped.set))
            await stopped.wait()

    async def _ask(self, work: Callable[[LetterTable], T]) -> T:
        if self._table is None:
            raise DeadLetterError(self.failure or "the dead letters are not open")
        answer: asyncio.Future[T] = self._loop.create_future()

        def settle(result: Any, error: Exception | None) -> None:
            if answer.done():
                # Whoever asked has gone.
                return
            if error is None:
                answer.set_result(result)
            else:
                answer.set_exception(DeadLetterError(self._explained(error)))

        self._keeper.ask(work, lambda *outcome: self._loop.call_soon_threadsafe(settle, *outcome))
        return await answer

    def _wrote(self, letters: Sequence[DeadLetter], error: Exception | None) -> None:
        size = sum(letter.size for letter in letters)
        self._loop.call_soon_threadsafe(self._note, len(letters), size, error)

    def _note(self, count: int, size: int, error: Exception | None) -> None:
        """Take note of letters that were written, or lost."""
        self._waiting -= count
        self._waiting_bytes -= size
        if error is not None:
            self._metrics.dropped.labels("dead_letter_disk").inc(count)
            if self.failure is None:
                log.error("%s; what is refused is not kept until it works again", self._explained(error))
            self.failure = self._explained(error)
        elif self.failure is not None:
            log.warning("the dead letters are kept again")
            self.failure = None

    def _explained(self, error: Exception) -> str:
        return f"the dead letters {self._database.path} cannot be used: {error}"
