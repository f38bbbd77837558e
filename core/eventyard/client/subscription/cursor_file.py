"""Cursors in a file, so that a program that is started again goes on where it was."""

import json
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from eventyard.client.errors import CursorFileError
from eventyard.client.file_lock import FileLock
from eventyard.client.subscription.cursor import Cursor

__all__ = ["CursorFile"]

_VERSION: Final = 1


class CursorFile:
    """A file with one cursor for each namespace; it belongs to one subscriber at a time.

    It is written anew beside the old one, made durable (fsync) and put in its place: after a crash or a power failure
    there is the old file or the new one, whole.
    """

    def __init__(self, path: Path) -> None:
        """Keep cursors in ``path``."""
        self._path = path
        self._lock = FileLock(path)
        self._writing = threading.Lock()

    def open(self) -> dict[str, Cursor]:
        """Take possession of the file; gives the cursors that it has, none when it does not exist.

        Raises:
            CursorFileError: It is broken, another subscriber has it, or it cannot be read.
        """
        try:
            if not self._lock.take():
                message = f"the cursor file {self._path} is in use: another subscriber keeps its cursors there"
                raise CursorFileError(message)
        except OSError as error:
            raise self._failure("used", error) from error
        try:
            return self._read()
        except BaseException:
            self.close()
            raise

    def write(self, cursors: Mapping[str, Cursor]) -> None:
        """Keep ``cursors``, and nothing that was kept before; may be called from any thread.

        Raises:
            CursorFileError: The file cannot be written.
        """
        body = {"version": _VERSION, "cursors": {name: each.to_json() for name, each in sorted(cursors.items())}}
        fresh = f"{self._path}.new"
        try:
            with self._writing, open(fresh, "w", encoding="utf-8") as file:  # noqa: PTH123 - fresh is text made of the path
                json.dump(body, file)
                file.flush()
                os.fsync(file.fileno())
                Path(fresh).replace(self._path)
        except OSError as error:
            raise self._failure("written", error) from error

    def close(self) -> None:
        """Let go of the file."""
        self._lock.release()

    def _read(self) -> dict[str, Cursor]:
        try:
            text = self._path.read_text("utf-8")
        except FileNotFoundError:
            return {}
        except UnicodeDecodeError as error:
            raise self._broken("it is not UTF-8") from error
        except OSError as error:
            raise self._failure("read", error) from error
        try:
            body: Any = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise self._broken("it is not JSON") from error
        match body:
            case {"version": 1, "cursors": dict(cursors)}:
                try:
                    return {name: Cursor.from_json(cursor) for name, cursor in cursors.items()}
                except ValueError as error:
                    raise self._broken(str(error)) from error
            case {"version": version} if version != _VERSION:
                raise self._broken(f"it is of version {version!r}, and this client reads {_VERSION}")
        raise self._broken('expected {"version": 1, "cursors": {…}}')

    def _broken(self, why: str) -> CursorFileError:
        return CursorFileError(
            f"the cursor file {self._path} cannot be understood: {why}; mend it, or remove it to begin anew"
        )

    def _failure(self, done: str, error: OSError) -> CursorFileError:
        return CursorFileError(f"the cursor file {self._path} cannot be {done}: {error.strerror or error}")
