"""The data directory."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from eventyard.hooks import Finding
from eventyard.settings import Settings

__all__ = ["look_at_data_directory"]

_MEGABYTE: Final = 1_000_000


def look_at_data_directory(settings: Settings) -> Iterator[Finding]:
    """Whether events can be kept, and who else may read them."""
    if settings.journal.durability == "memory":
        text = "nothing is kept when the server ends: journal.durability is memory"
        yield Finding("warning", text, 'journal.durability = "full" keeps events on the disk')
        return
    directory = Path(settings.data_dir).absolute()
    try:
        there = next(each for each in (directory, *directory.parents) if each.exists())
        if not there.is_dir():
            yield Finding("problem", f"{directory} cannot be a directory: {there} is a file", "set data_dir")
            return
        if not os.access(there, os.W_OK | os.X_OK):
            yield Finding("problem", f"{there} cannot be written", "set data_dir, or change who may write there")
            return
        yield from _room(there, settings.journal.max_bytes)
        if there != directory:
            yield Finding("ok", f"{directory} will be made by the first server")
            return
        size = sum(each.stat().st_size for each in directory.iterdir() if each.is_file())
        yield Finding("ok", f"{directory} has {size / _MEGABYTE:,.1f} MB")
        yield from _readers(directory)
    except OSError as error:
        yield Finding("problem", f"{directory} cannot be used: {error.strerror}")


def _room(directory: Path, most: int) -> Iterator[Finding]:
    free = shutil.disk_usage(directory).free
    # SQLite has a log besides, and space that it uses again later.
    if free < 2 * most:
        text = f"{free / _MEGABYTE:,.0f} MB are free on the disk, and events may take {most / _MEGABYTE:,.0f} MB"
        yield Finding("warning", text, "free some space, or lower journal.max_bytes")


def _readers(directory: Path) -> Iterator[Finding]:
    if os.name == "posix" and stat.S_IMODE(directory.stat().st_mode) & 0o077:
        text = "other users of this machine may look into it, and what agents do is private"
        yield Finding("warning", text, f"chmod 700 {directory}")
