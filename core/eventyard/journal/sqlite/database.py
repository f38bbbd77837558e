"""The SQLite file: its connections, its identity, and what an unclean stop means for it."""

import logging
import secrets
import sqlite3
from pathlib import Path
from typing import Final, Literal

import psutil

from eventyard.errors import JournalError
from eventyard.journal.sqlite.log import misses_commits, put_on_disk
from eventyard.journal.sqlite.remedy import damage, trouble
from eventyard.journal.sqlite.tables import VERSION, migrate

__all__ = ["Database", "Durability"]

log = logging.getLogger(__name__)

#: ``full``: the answer waits until the disk has the event; ``process``: until the operating system has it.
Durability = Literal["full", "process"]

# Linux gives each run of the machine a random id; elsewhere the time at which it began has to do.
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


class Database:
    """The SQLite file of a journal.

    Only one connection ever writes it: with two, SQLite before 3.51.3 can corrupt a WAL that is reset at the wrong
    moment (https://sqlite.org/wal.html#walreset).

    Attributes:
        path: The file.
        epoch: Identity of the store that gives the offsets.
    """

    def __init__(self, path: Path, durability: Durability) -> None:
        """Use the file ``path``, which :meth:`open` creates when it does not exist."""
        self.path = path
        self.epoch = ""
        self._durability = durability

    def open(self) -> sqlite3.Connection:
        """Prepare the file, check it after an unclean stop, and give the writing connection.

        Raises:
            JournalError: The file cannot be opened, is damaged, or was written by a newer version.
        """
        try:
            unclean = put_on_disk(self.path)
            connection = self.connect()
            self._prepare(connection, unclean=unclean)
        except (OSError, sqlite3.Error) as error:
            raise trouble(self.path, "cannot be used", error) from error
        return connection

    def connect(self) -> sqlite3.Connection:
        """A connection that writes."""
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=5)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {'FULL' if self._durability == 'full' else 'NORMAL'}")
        # 16 MiB of log: the later it is moved into the file, the fewer pages are written twice. After a burst it is cut
        # to that again; what trimming frees in the file is used again.
        connection.execute("PRAGMA wal_autocheckpoint = 4096")
        connection.execute("PRAGMA journal_size_limit = 16777216")
        # Some builds overwrite what is deleted, which writes each page once more; what was trimmed may stay in the file
        # until its pages are used again.
        connection.execute("PRAGMA secure_delete = FAST")
        return connection

    def connect_reader(self) -> sqlite3.Connection:
        """A connection that can only read."""
        connection = sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True, check_same_thread=False, timeout=5)
        connection.execute("PRAGMA query_only = ON")
        return connection

    def close(self, connection: sqlite3.Connection) -> None:
        """Close the writing connection after a clean end."""
        self._set(connection, "clean", "1")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    def _prepare(self, connection: sqlite3.Connection, *, unclean: bool) -> None:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            message = (
                f"the journal {self.path} has version {version}, this Eventyard knows {VERSION}: "
                "install a newer one, or start with another data directory"
            )
            raise JournalError(message)
        if version and (unclean or self._get(connection, "clean") != "1"):
            self._check(connection)
        if 0 < version < VERSION:
            log.warning("the journal %s is brought from version %d to %d", self.path, version, VERSION)
        if version < VERSION:
            migrate(connection, version)
        if self._get(connection, "epoch") is None:
            self._set(connection, "epoch", secrets.token_urlsafe(6))
        self.epoch = self._get(connection, "epoch") or ""
        connection.execute("PRAGMA synchronous = FULL")
        # Together: what an unclean stop means is told by all three.
        connection.execute("BEGIN IMMEDIATE")
        self._set(connection, "clean", "0")
        self._set(connection, "boot", _boot())
        self._set(connection, "durability", self._durability)
        connection.execute("COMMIT")
        if self._durability != "full":
            connection.execute("PRAGMA synchronous = NORMAL")

    def _check(self, connection: sqlite3.Connection) -> None:
        """After an unclean stop: is the file whole, and can an offset have been lost?"""
        log.warning("the journal %s was not closed; checking it", self.path)
        # SQLite's own words are lines of text, the first of which may only say which table they are about.
        findings = "; ".join(row[0] for row in connection.execute("PRAGMA quick_check(3)"))
        if findings != "ok":
            raise damage(self.path, findings.replace("\n", ", "))
        _, frames, _ = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        if misses_commits(self.path, frames):
            log.error("the log of the journal %s is damaged: the latest events are lost. Clients are told", self.path)
        elif self._get(connection, "clean") == "1":
            # Whoever left the log behind was killed before there were events.
            return
        # As it was written, whatever is asked for from now on.
        elif self._get(connection, "durability") == "full" or self._get(connection, "boot") == _boot():
            return
        # The machine went down without the disk having everything, or the disk has lost something: an offset that
        # clients have seen may be given to another event. A new epoch tells them.
        self._set(connection, "epoch", secrets.token_urlsafe(6))

    @staticmethod
    def _get(connection: sqlite3.Connection, key: str) -> str | None:
        row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    @staticmethod
    def _set(connection: sqlite3.Connection, key: str, value: str) -> None:
        connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))


def _boot() -> str:
    """Which run of the machine this is."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return str(int(psutil.boot_time()))
