"""The standard streams, also where they are closed or cannot be written."""

import contextlib
import errno
import os
import sys
from pathlib import Path

__all__ = ["drop_output", "flush_output", "is_of_output", "open_closed_streams"]

# Only what is written can fail so.
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EPIPE})

_MODES = {"stdin": "r", "stdout": "w", "stderr": "w"}


def open_closed_streams() -> None:
    """Open those that are closed at ``/dev/null``: else the next file or socket would be one of them."""
    for descriptor, (name, mode) in enumerate(_MODES.items()):
        if getattr(sys, name) is None:
            with contextlib.suppress(OSError):
                null = os.open(os.devnull, os.O_RDWR)
                # It is the lowest that is free, and so the closed one, unless something else is there meanwhile.
                if null != descriptor:
                    os.close(null)
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - as long as the process


def flush_output() -> None:
    """Write what waits in standard output.

    Raises:
        OSError: It cannot be written.
    """
    if not sys.stdout.closed:
        sys.stdout.flush()


def is_of_output(error: OSError) -> bool:
    """Whether standard output is what could not be written, given an error that names no file."""
    if error.errno in _NO_ROOM:
        return True
    try:
        # What could not be written waits still, unless Python was told to let nothing wait.
        flush_output()
    except OSError:
        return True
    return False


def drop_output() -> None:
    """Have what waits in standard output go nowhere, lest the end of the process tries to write it again."""
    # In a test, standard output may be no file.
    with contextlib.suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
