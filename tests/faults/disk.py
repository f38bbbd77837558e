"""A disk that fails on demand, and that can lose its power: what ``disk.c`` does, in the words of the tests."""

import errno
import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Final, Literal

import pytest

__all__ = ["FaultyDisk", "build"]

_SOURCE: Final = Path(__file__).with_name("disk.c")

# Offset and length of what was written.
_RANGE: Final = struct.Struct("=qQ")

Operation = Literal["open", "read", "write", "sync", "truncate", "remove"]
Action = Literal["kill", "torn", "killed"]


def build(directory: Path) -> Path:
    """Compile the library that is preloaded; without a compiler the test is skipped, or fails where all is checked."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or sys.platform != "linux":
        reason = "faults of the disk need Linux and a C compiler (cc or gcc), and this machine has none"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    library = directory / "disk.so"
    subprocess.run(
        [compiler, "-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library, _SOURCE, "-lpthread"], check=True
    )
    return library


class FaultyDisk:
    """The files of one data directory, as far as a process sees them that runs in :attr:`environment`.

    Attributes:
        environment: Variables of the process.
    """

    def __init__(self, library: Path, data_dir: Path) -> None:
        """Stand between a process and ``data_dir``, with the ``library`` that was built for it."""
        self._data_dir = data_dir
        self._orders = data_dir.with_name(f"{data_dir.name}.orders")
        self._platter = data_dir.with_name(f"{data_dir.name}.platter")
        self._platter.mkdir()
        self.environment = {
            "LD_PRELOAD": str(library),
            "FAULTY_DISK": str(data_dir),
            "FAULTY_DISK_ORDERS": str(self._orders),
            "FAULTY_DISK_PLATTER": str(self._platter),
        }

    def fail(self, operation: Operation, files: str = "*", action: int | Action = errno.EIO, *, after: int = 0) -> None:
        """Have operations fail, from now on until :meth:`mend`.

        Args:
            operation: Which of them.
            files: How the names of the files end that are meant; ``*`` for all.
            action: The number of an error; or that the process is killed: before the operation (``kill``), behind its
                first half (``torn``) or behind it (``killed``).
            after: How many operations are let pass before.
        """
        self._order(f"{operation} {files} {action} {after}\n")

    def adopt(self) -> None:
        """Take what is in the directory for synced long ago."""
        if self._data_dir.exists():
            shutil.copytree(self._data_dir, self._platter, dirs_exist_ok=True)

    def mend(self) -> None:
        """Have everything work again."""
        self._order("")

    def lose_power(self, random: Random) -> None:
        """Leave of the files what the disk has: all that was synced, and of the rest, some.

        The processes must have ended.
        """
        names = {path.name.removesuffix(".dirty") for path in self._platter.iterdir()}
        contents = {name: self._survives(name, random) for name in sorted(names)}
        for path in self._data_dir.iterdir():
            path.unlink()
        for path in self._platter.iterdir():
            path.unlink()
        for name, content in contents.items():
            if content is not None:
                (self._data_dir / name).write_bytes(content)
                (self._platter / name).write_bytes(content)

    def _survives(self, name: str, random: Random) -> bytes | None:
        synced, dirty, current = self._platter / name, self._platter / f"{name}.dirty", self._data_dir / name
        content = bytearray(synced.read_bytes()) if synced.exists() else bytearray()
        if dirty.exists() and current.exists():
            seen = current.read_bytes()
            # Nothing, all or some, in any order: the disk writes when it likes.
            share = random.choice([0.0, 0.5, 1.0])
            for offset, length in _RANGE.iter_unpack(dirty.read_bytes()):
                if random.random() < share:
                    content.extend(bytes(max(0, offset + length - len(content))))
                    content[offset : offset + length] = seen[offset : offset + length]
        return bytes(content) if content or synced.exists() else None

    def _order(self, text: str) -> None:
        replacement = self._orders.with_suffix(".new")
        replacement.write_text(text, encoding="ascii")
        replacement.replace(self._orders)
