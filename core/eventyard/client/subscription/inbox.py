"""What was received and not dealt with yet."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterator
from typing import Final, Generic, TypeVar

__all__ = ["Inbox"]

T = TypeVar("T")

# Bytes that may wait before nothing more is read from the server, which then slows down for us.
_LIMIT: Final = 1024 * 1024


class Inbox(Generic[T]):
    """A queue that is bounded by bytes, between the task that reads from the server and whoever deals with it.

    Attributes:
        failure: What :meth:`get` raises when all entries were taken; ``None`` while more may come.
    """

    def __init__(self) -> None:
        self._entries: deque[tuple[T, int]] = deque()
        self._size = 0
        self._unbounded = 0
        self.failure: BaseException | None = None
        self._changed = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._entries

    def put(self, entry: T, size: int) -> None:
        """Add ``entry``, which stands for ``size`` bytes."""
        self._entries.append((entry, size))
        self._size += size
        self._update()

    def fail(self, failure: BaseException) -> None:
        """Have :meth:`get` raise ``failure`` when all entries were taken."""
        self.failure = failure
        self._update()

    async def room(self) -> None:
        """Wait until there is room for more."""
        await self._has_room.wait()

    @contextlib.contextmanager
    def unbounded(self) -> Iterator[None]:
        """Let in more than the limit while the block runs: it waits for something that comes behind."""
        self._unbounded += 1
        self._update()
        try:
            yield
        finally:
            self._unbounded -= 1
            self._update()

    async def get(self, seconds: float | None) -> T | None:
        """Take the oldest entry; ``None`` when none came within ``seconds``.

        Raises:
            BaseException: What :meth:`fail` was given, when nothing is left to take.
        """
        if not self._entries:
            self._changed.clear()
            if self.failure is None:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), seconds)
        if self._entries:
            entry, size = self._entries.popleft()
            self._size -= size
            self._update()
            return entry
        if self.failure is not None:
            raise self.failure
        return None

    def _update(self) -> None:
        self._changed.set()
        if self._size < _LIMIT or self._unbounded:
            self._has_room.set()
        else:
            self._has_room.clear()
