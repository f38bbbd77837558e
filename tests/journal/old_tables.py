"""The tables of earlier versions of the file, as a clean stop left them."""

__all__ = ["VERSION_1", "VERSION_3"]

#: As the first version wrote it, without its streams.
VERSION_1 = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE streams (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, head INTEGER NOT NULL DEFAULT 0, had INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE events (
    place INTEGER PRIMARY KEY, seq INTEGER NOT NULL, type TEXT NOT NULL, recorded REAL NOT NULL, mode TEXT NOT NULL,
    rooms TEXT, body BLOB NOT NULL
);
PRAGMA user_version = 1;
INSERT INTO meta VALUES ('epoch', 'kQx3vJ0a'), ('clean', '1');
"""

#: What the third version had besides.
VERSION_3 = """
ALTER TABLE events ADD COLUMN session TEXT;
CREATE TABLE commits (seq INTEGER PRIMARY KEY, events INTEGER NOT NULL, identities BLOB NOT NULL);
CREATE TABLE trimmed (
    stream INTEGER NOT NULL, type TEXT NOT NULL, through INTEGER NOT NULL, PRIMARY KEY (stream, type)
) WITHOUT ROWID;
PRAGMA user_version = 3;
"""
