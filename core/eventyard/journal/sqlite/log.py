"""What an unclean stop leaves in SQLite's write-ahead log (https://sqlite.org/fileformat2.html#walformat)."""

import os
import struct
from pathlib import Path
from typing import Final

__all__ = ["misses_commits", "put_on_disk"]

_CHUNK: Final = 1024 * 1024

# Magic number, version, size of a page, number of the checkpoint, two salts, two checksums.
_HEADER: Final = struct.Struct(">8I")
# Of a frame: page, size of the database behind a commit or else 0, two salts, two checksums.
_FRAME: Final = struct.Struct(">6I")
# By magic number, the order of the bytes in the words that a checksum is made of.
_WORDS: Final = {0x377F0682: "<", 0x377F0683: ">"}


def put_on_disk(database: Path) -> bool:
    """Have the disk hold what can be read of the log of ``database``, before SQLite opens it; whether there is a log.

    A sync that fails leaves pages in memory that the kernel takes for written and shows to whoever reads, also to the
    next server. Commits behind them would be lost with them when the machine goes down, though each was synced: SQLite
    reads a log up to the first frame that is not whole. Only a page that is written anew is synced anew.

    Raises:
        OSError: The log cannot be read or written.
    """
    try:
        file = _log_of(database).open("r+b")
    except FileNotFoundError:
        # A clean stop removes it.
        return False
    with file:
        position = 0
        while chunk := file.read(_CHUNK):
            file.seek(position)
            file.write(chunk)
            position += len(chunk)
        file.flush()
        os.fsync(file.fileno())
        return position > 0


def misses_commits(database: Path, frames: int) -> bool:
    """Whether the log of ``database`` has commits behind the ``frames`` that SQLite can read of it.

    SQLite reads up to the first frame that is not whole, and says nothing. One commit may lie behind it, which was
    under way when the machine went down; before there was another one behind that, it was on the disk.

    Raises:
        OSError: The log cannot be read.
    """
    log = _log_of(database)
    if not log.exists() or log.stat().st_size <= _HEADER.size:
        return False
    with log.open("rb") as file:
        magic, _, page_size, _, *salts, _, _ = _HEADER.unpack(file.read(_HEADER.size))
        if magic not in _WORDS:
            return True
        file.seek(_HEADER.size + frames * (_FRAME.size + page_size))
        commits, before = 0, (0, 0)
        while len(frame := file.read(_FRAME.size + page_size)) == _FRAME.size + page_size:
            _, size, *own, first, second = _FRAME.unpack_from(frame)
            # What failed and was written anew, but shorter, leaves an end that nothing continues. Frames of other salts
            # are damaged, or left from before the last checkpoint.
            if own != salts or _checksum(frame, _WORDS[magic], before) != (first, second):
                commits = 0
            commits += own == salts and bool(size)
            if commits > 1:
                return True
            before = first, second
    return False


def _checksum(frame: bytes, words: str, before: tuple[int, int]) -> tuple[int, int]:
    """The checksum that a frame has when it continues one with the checksum ``before``."""
    first, second = before
    covered = frame[:8] + frame[_FRAME.size :]
    values = iter(struct.unpack(f"{words}{len(covered) // 4}I", covered))
    for even, odd in zip(values, values, strict=True):
        first = (first + even + second) & 0xFFFFFFFF
        second = (second + odd + first) & 0xFFFFFFFF
    return first, second


def _log_of(database: Path) -> Path:
    return database.with_name(f"{database.name}-wal")
