"""The one thread that has the letters: writes what waits, all of it at once, and answers what is asked in between."""

import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from eventyard.dead_letters.letter import DeadLetter
from eventyard.dead_letters.sqlite.table import LetterTable

__all__ = ["Keeper"]

log = logging.getLogger(__name__)

# A flood must not have the disk: the journal's commits wait for what else is on its way there. Letters go in portions
# of so many bytes. Behind each, others gather for as long as it takes at this pace, and at least for so many seconds;
# nobody who asks for something has to wait for that.
_PORTION: Final = 256 * 1024
_BYTES_PER_SECOND: Final = 1024 * 1024
_SHORTEST_PAUSE: Final = 0.05

# While letters cannot be written it is tried again after so many seconds, also when none comes.
_PATIENCE: Final = 1.0


@dataclass(frozen=True, slots=True)
class _Request:
    """Something to be done with the table, and who is told its result or its error."""

    work: Callable[[LetterTable], Any]
    done: Callable[[Any, Exception | None], object]


class Keeper:
    """The one thread that has the letters."""

    def __init__(self, table: LetterTable, wrote: Callable[[Sequence[DeadLetter], Exception | None], None]) -> None:
        """Start the thread, which owns ``table`` from here on.

        Args:
            table: The letters.
            wrote: Called in the thread after letters were written, or with the error that was in the way; when that
                is over, also without letters.
        """
        self._table = table
        self._wrote = wrote
        self._queue: queue.SimpleQueue[DeadLetter | _Request | None] = queue.SimpleQueue()
        self._asked = 0
        self._answered = 0
        self._is_asked = threading.Event()
        self._is_failing = False
        self._ended: Callable[[], object] = lambda: None
        threading.Thread(target=self._run, name="eventyard dead letters", daemon=True).start()

    def put(self, letter: DeadLetter) -> None:
        """Queue a letter; never waits."""
        self._queue.put(letter)

    def ask(self, work: Callable[[LetterTable], Any], done: Callable[[Any, Exception | None], object]) -> None:
        """Queue something to be done behind all that was queued before; ``done`` is called in the thread."""
        self._hurry(_Request(work, done))

    def stop(self, ended: Callable[[], object]) -> None:
        """Do what is queued, close the file and end the thread; ``ended`` is the last that it calls."""
        self._ended = ended
        self._hurry(None)

    def _hurry(self, request: _Request | None) -> None:
        self._asked += 1
        self._queue.put(request)
        self._is_asked.set()

    def _run(self) -> None:
        is_ending = False
        while not is_ending:
            items = self._take()
            is_ending = bool(items) and items[-1] is None
            for kind, group in groupby(items, type):
                if kind is DeadLetter:
                    self._write([item for item in group if isinstance(item, DeadLetter)])
                else:
                    for item in group:
                        if isinstance(item, _Request):
                            self._answer(item)
            if not items:
                self._write([])
        try:
            self._table.close()
        except sqlite3.Error as error:
            log.error("the dead letters could not be closed cleanly: %s", error)
        self._ended()

    def _take(self) -> list[DeadLetter | _Request | None]:
        """Wait for something to do, and give it with what waits behind it; nothing when it is time to try again."""
        items: list[DeadLetter | _Request | None] = []
        size = 0
        try:
            items.append(self._queue.get(timeout=_PATIENCE if self._is_failing else None))
            while items[-1] is not None and size < _PORTION:
                if isinstance(items[-1], DeadLetter):
                    size += items[-1].size
                items.append(self._queue.get_nowait())
        except queue.Empty:
            pass
        return items

    def _write(self, letters: Sequence[DeadLetter]) -> None:
        error: Exception | None = None
        try:
            self._table.insert(letters)
        except Exception as failure:  # noqa: BLE001 - without its thread the store would wait for ever
            error = failure
            self._table.reset()
        self._is_failing = error is not None
        self._wrote(letters, error)
        self._is_asked.clear()
        if self._asked == self._answered:
            size = sum(letter.size for letter in letters)
            self._is_asked.wait(max(size / _BYTES_PER_SECOND, _SHORTEST_PAUSE))

    def _answer(self, request: _Request) -> None:
        try:
            result = request.work(self._table)
        except Exception as error:  # noqa: BLE001 - it is whoever asked that must know
            self._table.reset()
            request.done(None, error)
        else:
            request.done(result, None)
        self._answered += 1
