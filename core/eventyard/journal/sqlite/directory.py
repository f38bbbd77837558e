"""The data directory belongs to one server at a time."""

from pathlib import Path

from filelock import FileLock, Timeout

from eventyard.errors import JournalError

__all__ = ["lock_directory"]


def lock_directory(directory: Path) -> FileLock:
    """Take possession of ``directory``, which is created when it does not exist.

    Raises:
        JournalError: Another server has it, or it cannot be written.
    """
    try:
        # What agents do and say is nobody else's business.
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(directory / "journal.lock")
        lock.acquire(timeout=0)
    except Timeout:
        message = f"another Eventyard server uses the data directory {directory}; give this one its own with --data-dir"
        raise JournalError(message) from None
    except OSError as error:
        reason = error.strerror or str(error)
        message = (
            f"the data directory {directory} cannot be used: {reason}; give the server another one with --data-dir"
        )
        raise JournalError(message) from error
    return lock
