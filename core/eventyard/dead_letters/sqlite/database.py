"""The SQLite file of the dead letters: its tables, their versions, and what happens to a file that is of no use."""

import logging
import sqlite3
from itertools import count
from pathlib import Path
from typing import Final

__all__ = ["Database"]

log = logging.getLogger(__name__)

#: What makes a file of each version from one of the version before it; ``user_version`` counts those that are done.
_MIGRATIONS: Final = (
    """
    CREATE TABLE letters (
        number INTEGER PRIMARY KEY,
        time TEXT NOT NULL,
        intake TEXT NOT NULL,
        type TEXT,
        is_foreign INTEGER NOT NULL,
        is_json INTEGER NOT NULL,
        retries INTEGER NOT NULL,
        retried TEXT,
        size INTEGER AS (length(headers) + length(issues) + length(body)),
        headers BLOB NOT NULL,
        issues BLOB NOT NULL,
        body BLOB NOT NULL
    );
    CREATE TABLE state (head INTEGER NOT NULL, total INTEGER NOT NULL, clean INTEGER NOT NULL);
    INSERT INTO state VALUES (0, 0, 1);
    """,
)

#: What SQLite says of a file that it cannot make sense of; SQLITE_ERROR, that tables are missing.
_NONSENSE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR})


class _Useless(Exception):
    """The file is damaged, or not for this version."""


class Database:
    """The SQLite file of the dead letters.

    Only one connection ever writes it, that of the server whose journal has locked the directory.

    Attributes:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        """Use the file ``path``, which :meth:`open` creates when it does not exist."""
        self.path = path

    def open(self) -> tuple[sqlite3.Connection, bool]:
        """Prepare the file; gives a connection, and whether the file was closed when it was used last.

        A file that is damaged, or was written by a newer version, is set aside: no letter is worth a server that does
        not start.

        Raises:
            OSError: Such a file cannot be renamed.
            sqlite3.Error: The file cannot be opened.
        """
        try:
            return self._open()
        except _Useless as error:
            self._set_aside(str(error))
        return self._open()

    def connect(self) -> sqlite3.Connection:
        """A connection that reads and writes."""
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=5)
        connection.row_factory = sqlite3.Row
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            # A letter that a power failure takes was never promised to anybody.
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA journal_size_limit = 4194304")
        except BaseException:
            connection.close()
            raise
        return connection

    def _open(self) -> tuple[sqlite3.Connection, bool]:
        connection: sqlite3.Connection | None = None
        try:
            connection = self.connect()
            return connection, _prepare(connection)
        except (sqlite3.Error, _Useless) as error:
            if connection is not None:
                connection.close()
            if (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _NONSENSE:
                raise _Useless(error) from error
            raise

    def _set_aside(self, reason: str) -> None:
        names = (f"{self.path.stem}.set-aside-{number}{self.path.suffix}" for number in count(1))
        aside = next(path for path in map(self.path.with_name, names) if not path.exists())
        for suffix in ("", "-wal", "-shm"):
            part = Path(f"{self.path}{suffix}")
            if part.exists():
                part.rename(f"{aside}{suffix}")
        log.error(
            "the dead letters in %s cannot be used: %s. The file is now %s, and the server begins with an empty one",
            self.path,
            reason,
            aside.name,
        )


def _prepare(connection: sqlite3.Connection) -> bool:
    """Bring the file to the latest version; gives whether it was closed when it was used last."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(_MIGRATIONS):
        raise _Useless(f"it has version {version}, this Eventyard knows {len(_MIGRATIONS)}")
    for number, migration in enumerate(_MIGRATIONS[version:], version + 1):
        connection.executescript(f"BEGIN; {migration} PRAGMA user_version = {number}; COMMIT;")
    (clean,) = connection.execute("SELECT clean FROM state").fetchone()
    if not clean:
        findings = [row[0] for row in connection.execute("PRAGMA quick_check(5)")]
        if findings != ["ok"]:
            raise _Useless("; ".join(findings))
    # Damage may also come to a file that nobody uses; this reads through all of it but what overflows a page.
    connection.execute("SELECT sum(size) FROM letters").fetchone()
    connection.execute("UPDATE state SET clean = 0")
    return bool(clean)
