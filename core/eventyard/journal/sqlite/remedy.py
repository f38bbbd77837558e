"""What a person can do about a journal that cannot be used."""

import errno
from pathlib import Path
from typing import Final

from eventyard.errors import JournalError

__all__ = ["damage", "trouble"]

_DAMAGED: Final = (
    "it is damaged, or its disk is: move it away, with the files beside it that begin with its name, to start with an "
    "empty one; clients will be told that they missed events"
)
_FULL: Final = "free some space on its disk"
_FORBIDDEN: Final = "let the server's user write it and its directory, or give the server another one with --data-dir"

# By the beginning of the name of SQLite's result code (https://sqlite.org/rescode.html).
_REMEDIES: Final = {
    "SQLITE_BUSY": "another program has it open and does not let go of it: end that program",
    "SQLITE_CANTOPEN": _FORBIDDEN,
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_ERROR": "another program may have made it: move it away, or give the server another directory with "
    "--data-dir",
    "SQLITE_FULL": _FULL,
    "SQLITE_IOERR": "look after its disk; the system's log may say more",
    "SQLITE_NOTADB": _DAMAGED,
    "SQLITE_PERM": _FORBIDDEN,
    "SQLITE_READONLY": _FORBIDDEN,
}
_ERRORS: Final = {
    errno.EACCES: _FORBIDDEN,
    errno.EDQUOT: _FULL,
    errno.ENOSPC: _FULL,
    errno.EPERM: _FORBIDDEN,
    errno.EROFS: _FORBIDDEN,
}


def damage(path: Path, finding: str) -> JournalError:
    """That the journal ``path`` is not what was written, because of ``finding``."""
    return JournalError(f"the journal {path} cannot be used: {finding}; {_DAMAGED}")


def trouble(path: Path, what: str, error: Exception) -> JournalError:
    """That the journal ``path`` cannot be used, with what can be done about it.

    Args:
        path: The file.
        what: What went wrong, as ``cannot be opened``.
        error: Why.
    """
    if isinstance(error, OSError):
        reason, remedy = error.strerror or str(error), _ERRORS.get(error.errno or 0, _REMEDIES["SQLITE_IOERR"])
    elif code := getattr(error, "sqlite_errorname", ""):
        reason = str(error)
        remedy = next((text for name, text in _REMEDIES.items() if code.startswith(name)), "")
    else:
        # SQLite could read it, and it is not what was written.
        reason, remedy = f"{type(error).__name__}: {error}", _DAMAGED
    return JournalError("; ".join(part for part in (f"the journal {path} {what}: {reason}", remedy) if part))
