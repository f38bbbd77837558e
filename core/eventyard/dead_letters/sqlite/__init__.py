"""The dead letters in the data directory."""

from eventyard.dead_letters.sqlite.store import SqliteDeadLetters

__all__ = ["SqliteDeadLetters"]
