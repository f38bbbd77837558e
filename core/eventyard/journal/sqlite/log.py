"""What an unclean stop leaves in SQLite's write-ahead log."""

import os
from pathlib import Path
from typing import Final

__all__ = ["put_on_disk"]

_CHUNK: Final = 1024 * 1024


def put_on_disk(database: Path) -> None:
    """Have the disk hold what can be read of the log of ``database``; before SQLite opens it.

    A sync that fails leaves pages in memory that the kernel takes for written and shows to whoever reads, also to the
    next server. Commits behind them would be lost with them when the machine goes down, though each was synced: SQLite
    reads a log up to the first frame that is not whole. Only a page that is written anew is synced anew.

    Raises:
        OSError: The log cannot be read or written.
    """
    try:
        file = database.with_name(f"{database.name}-wal").open("r+b")
    except FileNotFoundError:
        # A clean stop removes it.
        return
    with file:
        position = 0
        while chunk := file.read(_CHUNK):
            file.seek(position)
            file.write(chunk)
            position += len(chunk)
        file.flush()
        os.fsync(file.fileno())
