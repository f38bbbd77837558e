"""Files that belong to one user at a time, also among processes."""

from importlib import import_module
from pathlib import Path
from typing import Any

__all__ = ["FileLock"]


class FileLock:
    """A lock beside a file, which ends with the process that holds it."""

    def __init__(self, path: Path) -> None:
        """Lock ``path``; its folder is made when the lock is taken and it is not there."""
        # Imported here: it takes as long as all else together, and most publishers have no spool.
        filelock: Any = import_module("filelock")
        # It may be released in another thread than the one that took it.
        self._lock = filelock.FileLock(f"{path}.lock", thread_local=False)
        self._taken_by_another: type[Exception] = filelock.Timeout

    def take(self) -> bool:
        """Take the lock; ``False`` when somebody else has it.

        Raises:
            OSError: There cannot be a lock at this place.
        """
        try:
            self._lock.acquire(timeout=0)
        except self._taken_by_another:
            return False
        return True

    def release(self) -> None:
        """Give the lock back."""
        self._lock.release()
