"""Those who wait for an outbox, each with a future."""

from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import Any

__all__ = ["Waits", "settle", "settle_with_error"]


def settle(future: Future[Any], result: object = None) -> None:
    """Give ``future`` its result, unless nobody waits any more."""
    with suppress(InvalidStateError):
        future.set_result(result)


def settle_with_error(future: Future[Any], error: BaseException) -> None:
    """Have ``future`` raise ``error``, unless nobody waits any more."""
    with suppress(InvalidStateError):
        future.set_exception(error)


class Waits:
    """Those who wait for room, and those who wait until all events up to a number are gone."""

    def __init__(self) -> None:
        self._rooms: list[Future[None]] = []
        self._flushes: list[tuple[int, Future[None]]] = []

    def __bool__(self) -> bool:
        """Whether anybody waits."""
        return bool(self._rooms or self._flushes)

    def for_room(self) -> Future[None]:
        """Wait until something is gone."""
        room: Future[None] = Future()
        self._rooms.append(room)
        return room

    def for_end(self, number: int) -> Future[None]:
        """Wait until all up to ``number`` are gone."""
        flush: Future[None] = Future()
        self._flushes.append((number, flush))
        return flush

    def note_room(self) -> None:
        """Something is gone."""
        rooms, self._rooms = self._rooms, []
        for room in rooms:
            settle(room)

    def note_oldest(self, number: int) -> None:
        """All before ``number`` are gone."""
        done = [flush for last, flush in self._flushes if last < number]
        self._flushes = [(last, flush) for last, flush in self._flushes if last >= number]
        for flush in done:
            settle(flush)

    def fail(self, error: BaseException) -> None:
        """Tell all who wait that they wait in vain."""
        rooms, self._rooms = self._rooms, []
        flushes, self._flushes = self._flushes, []
        for future in (*rooms, *(flush for _, flush in flushes)):
            settle_with_error(future, error)
