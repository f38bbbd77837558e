"""A file in which events wait, so that they outlive the program.

It is a file of JSON values, one a line. An object is an event. A number is a mark: when it was written, all events
before it were delivered, except those in the last so many bytes before it. Lines are only ever appended; when no event
waits, the file is emptied, and when most of it was delivered, its rest is copied to a new file. A last line without its
line break was never whole and is cut off.
"""

import json
import logging
import os
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Final

from eventyard.client.errors import SpoolError
from eventyard.client.file_lock import FileLock

__all__ = ["Place", "Spool"]

log = logging.getLogger(__name__)

# The delivered part of the file is cut off when it has so many bytes, and is the larger one.
_DELIVERED_BYTES: Final = 4 * 1024 * 1024

_COPY_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event is.

    Attributes:
        begin: The bytes that were ever written before it.
        size: Its own, without the line break.
    """

    begin: int
    size: int

    @property
    def end(self) -> int:
        """The bytes that were ever written, it included."""
        return self.begin + self.size + 1


class Spool:
    """A file in which events wait; it belongs to one publisher at a time. Its user serialises all calls."""

    def __init__(self, path: Path, *, fsync: bool) -> None:
        """Keep events in ``path``.

        Args:
            path: The file; its folder is made when it is not there.
            fsync: Whether each event is made durable, so that it outlives a power failure and not only the program.
        """
        self._path = path
        self._fsync = fsync
        self._lock = FileLock(path)
        self._file: FileIO
        # What was cut off at the file's beginning, ever, so that places stay true.
        self._cut = 0
        self._size = 0
        self._delivered = 0
        self._last_event_end = 0

    def open(self) -> list[Place]:
        """Take possession of the file; gives the places of the events that wait in it.

        Raises:
            SpoolError: Another publisher has it, or it cannot be used.
        """
        try:
            if not self._lock.take():
                message = f"the spool {self._path} is in use: another publisher keeps its events there"
                raise SpoolError(message)
        except OSError as error:
            raise self._failure("used", error) from error
        try:
            self._file = self._opened()
            if self._fsync:
                _make_durable(self._path.parent)
            return self._recover()
        except OSError as error:
            self._lock.release()
            raise self._failure("read", error) from error

    def append(self, body: bytes) -> Place:
        """Write an event, which is without line breaks.

        Raises:
            SpoolError: It could not be written, and is not in the file.
        """
        place = Place(self._cut + self._size, len(body))
        self._write(body + b"\n", durably=self._fsync)
        self._last_event_end = place.end
        return place

    def read(self, place: Place) -> bytes:
        """The event at ``place``.

        Raises:
            SpoolError: It could not be read.
        """
        try:
            self._file.seek(place.begin - self._cut)
            body = self._file.read(place.size)
        except OSError as error:
            raise self._failure("read", error) from error
        if len(body) != place.size:
            message = f"the spool {self._path} was changed by somebody else: it is shorter than it was"
            raise SpoolError(message)
        return body

    def confirm(self, end: int) -> None:
        """Take note that all events up to ``end`` are delivered, or need not be.

        Raises:
            SpoolError: It could not be noted; they may be delivered again.
        """
        if end <= self._cut + self._delivered:
            return
        self._delivered = end - self._cut
        if end >= self._last_event_end:
            self._empty()
        elif self._delivered > max(_DELIVERED_BYTES, self._size / 2):
            self._cut_off()
        else:
            self._write(b"%d\n" % (self._size - self._delivered), durably=False)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
        self._lock.release()

    def _opened(self) -> FileIO:
        return open(self._path, "r+b", buffering=0, opener=_create)

    def _recover(self) -> list[Place]:
        places: list[Place] = []
        size = delivered = 0
        with self._path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    log.warning("the last event in the spool %s was not written whole, and never accepted", self._path)
                    break
                if _is_event(line):
                    places.append(Place(size, len(line) - 1))
                elif line.strip().isdigit():
                    delivered = max(delivered, size - int(line))
                else:
                    log.warning("line %d of the spool %s is no event and is passed over", number, self._path)
                size += len(line)
        self._file.truncate(size)
        self._size, self._delivered = size, delivered
        waiting = [place for place in places if place.begin >= delivered]
        self._last_event_end = waiting[-1].end if waiting else 0
        if not waiting:
            self._empty()
        return waiting

    def _write(self, line: bytes, *, durably: bool) -> None:
        try:
            self._file.seek(self._size)
            rest = memoryview(line)
            while rest:
                rest = rest[self._file.write(rest) :]
            if durably:
                os.fsync(self._file.fileno())
        except OSError as error:
            # What is there of it must not become part of the next line.
            self._file.truncate(self._size)
            raise self._failure("written", error) from error
        self._size += len(line)

    def _empty(self) -> None:
        try:
            self._file.truncate(0)
        except OSError as error:
            raise self._failure("written", error) from error
        self._cut += self._size
        self._size = self._delivered = 0

    def _cut_off(self) -> None:
        """Put a file in the place of this one that has only what was not delivered."""
        fresh = self._path.with_name(f"{self._path.name}.new")
        try:
            self._file.seek(self._delivered)
            # One that is left from before may be somebody else's, or lead elsewhere.
            fresh.unlink(missing_ok=True)
            with open(fresh, "xb", opener=_create) as copy:
                while piece := self._file.read(_COPY_BYTES):
                    copy.write(piece)
                copy.flush()
                os.fsync(copy.fileno())
            # Some systems do not replace a file that is open.
            self._file.close()
            try:
                fresh.replace(self._path)
            finally:
                self._file = self._opened()
            if self._fsync:
                _make_durable(self._path.parent)
        except OSError as error:
            raise self._failure("written", error) from error
        self._cut += self._delivered
        self._size -= self._delivered
        self._delivered = 0

    def _failure(self, done: str, error: OSError) -> SpoolError:
        return SpoolError(f"the spool {self._path} cannot be {done}: {error.strerror or error}")


def _create(path: str, flags: int) -> int:
    # What agents do and say is nobody else's business.
    return os.open(path, flags | os.O_CREAT, 0o600)


def _is_event(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _make_durable(folder: Path) -> None:
    """Have a file that was just made in ``folder`` outlive a power failure, where that needs a word."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
