"""The journal in the data directory."""

from eventyard.journal.sqlite.journal import SqliteJournal

__all__ = ["SqliteJournal"]
