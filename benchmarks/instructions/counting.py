"""Counting instructions with callgrind, a tool of valgrind."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.instructions.child import MARK

__all__ = ["NoValgrind", "count_instructions"]

_ROOT = Path(__file__).parents[2]
_TOTALS = re.compile(r"^(?:totals|summary): (\d+)", re.MULTILINE)


class NoValgrind(Exception):
    """There is no valgrind on this machine."""


def count_instructions() -> dict[str, int]:
    """The instructions of one event in each hot function.

    Each is called N times and 2 N times, and the difference counts: what the calls around it take is in both.

    Raises:
        NoValgrind: There is no valgrind.
        RuntimeError: The program that is counted failed.
    """
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        message = "valgrind is needed, and this machine has none"
        raise NoValgrind(message)
    with tempfile.TemporaryDirectory(prefix="eventyard-instructions-") as folder:
        done = subprocess.run(
            [
                valgrind,
                "--tool=callgrind",
                # In some builds its name has something behind it.
                f"--dump-before={MARK}*",
                f"--callgrind-out-file={folder}/counts",
                *(sys.executable, "-m", "benchmarks.instructions.child", folder),
            ],
            cwd=_ROOT,
            env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            message = f"the counted program ended with {done.returncode}:\n{done.stderr[-3000:]}"
            raise RuntimeError(message)
        return _differences(done.stdout, Path(folder))


def _differences(printed: str, folder: Path) -> dict[str, int]:
    counts = {}
    for index, line in enumerate(printed.splitlines()):
        events, _, name = line.partition(" ")
        # Dumps are numbered from 1: one before each of the two calls of a function, and one behind.
        first, second = (_total(folder / f"counts.{4 * index + part}") for part in (2, 4))
        counts[name] = round((second - first) / int(events))
    return counts


def _total(dump: Path) -> int:
    found = _TOTALS.search(dump.read_text("utf-8"))
    if found is None:
        message = f"{dump} has no total"
        raise RuntimeError(message)
    return int(found[1])
