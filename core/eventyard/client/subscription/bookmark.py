"""What was dealt with: where the next run goes on, and what the server is told."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from eventyard.client.subscription.cursor import Cursor
from eventyard.client.subscription.cursor_file import CursorFile
from eventyard.client.subscription.tracker import Step

__all__ = ["Bookmark"]

# Seconds between two writes of the cursor file: what was dealt with after the last one comes again after a crash.
_INTERVAL: Final = 0.1


class Bookmark:
    """What was dealt with of each namespace.

    Attributes:
        cursors: The cursor of each namespace that has one.
    """

    def __init__(self, cursors: Mapping[str, Cursor], file: Path | None, window: int | None) -> None:
        """Begin with ``cursors``, unless ``file`` has others; acknowledge so that a ``window`` stays open."""
        self.cursors = dict(cursors)
        self._file = None if file is None else CursorFile(file)
        self._window = window
        self._handed: Step | None = None
        self._unsaved = False
        self._saved_at = -_INTERVAL
        # Steps of each namespace that the server was not told of.
        self._untold: Counter[str] = Counter()

    def open(self) -> Mapping[str, Cursor]:
        """Take possession of the file, if there is one; gives the cursors to begin with.

        Raises:
            CursorFileError: It cannot be used.
        """
        if self._file is not None:
            self.cursors.update(self._file.open())
        return self.cursors

    def hand_on(self, step: Step) -> None:
        """Take note that a step is handed on; it is dealt with at the next :meth:`turn`."""
        self._handed = step

    def turn(self) -> None:
        """Take note that what was handed on is dealt with."""
        step, self._handed = self._handed, None
        if step is not None and step.cursor is not None and step.cursor != self.cursors.get(step.namespace):
            self.cursors[step.namespace] = step.cursor
            self._untold[step.namespace] += 1
            self._unsaved = True

    def acknowledgements(self, *, idle: bool) -> Mapping[str, Cursor]:
        """What the server is to be told now: when a quarter of a window is used, or nothing is left to deal with."""
        if self._window is None:
            return {}
        due = [name for name, count in self._untold.items() if idle or 4 * count >= self._window]
        for name in due:
            del self._untold[name]
        return {name: self.cursors[name] for name in due}

    def due_in(self) -> float | None:
        """Seconds until the file is to be written; ``None`` when there is nothing to write."""
        if self._file is None or not self._unsaved:
            return None
        return max(0.0, self._saved_at + _INTERVAL - time.monotonic())

    async def save(self) -> None:
        """Write the file, if there is anything to write.

        Raises:
            CursorFileError: It cannot be written.
        """
        if self._file is not None and self._unsaved:
            await asyncio.to_thread(self._file.write, dict(self.cursors))
            self._unsaved = False
            self._saved_at = time.monotonic()

    async def close(self) -> None:
        """Write what is unsaved and let go of the file.

        Raises:
            CursorFileError: It cannot be written.
        """
        if self._file is not None:
            try:
                await self.save()
            finally:
                self._file.close()
