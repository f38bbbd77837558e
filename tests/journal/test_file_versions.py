"""A file of an earlier version."""

import sqlite3
from pathlib import Path

import orjson

from .appending import append
from .files import Open, offsets, placed, record

# As the first version wrote it.
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
INSERT INTO streams VALUES (1, 'tools', 40, 39), (2, 'errors', 1, 1);
"""


async def test_a_file_of_the_first_version_is_taken_over_with_all_that_it_keeps(
    open_journal: Open, tmp_path: Path
) -> None:
    connection = sqlite3.connect(tmp_path / "journal.sqlite3")
    connection.executescript(VERSION_1)
    for seq, offset in enumerate((38, 39, 40), 1):
        body = orjson.dumps({"id": f"e{offset}", "source": "/old", "type": "tool_start", "session": "s", "data": {}})
        row = (1 << 40 | offset, seq, "tool_start", 0.0, "buffer_if_no_clients", None, body)
        connection.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    body = b'{"id":"x","source":"/old","type":"error","data":{}}'
    connection.execute("INSERT INTO events VALUES (?, 4, 'error', 0.0, 'always_buffer', NULL, ?)", (2 << 40 | 1, body))
    connection.commit()
    connection.close()

    journal = open_journal()
    assert (journal.epoch, journal.head("tools"), journal.had("tools")) == ("kQx3vJ0a", 40, 39)
    assert (await offsets(journal), await offsets(journal, "errors")) == ([38, 39, 40], [1])
    page = await journal.read("tools", 0, 40, events=10, size=1 << 20, sessions={"s"})
    assert [each.offset for each in page.records] == [38, 39, 40]
    assert placed(list(journal.identities())) == [
        ("e38", "tools", 38),
        ("e39", "tools", 39),
        ("e40", "tools", 40),
        ("x", "errors", 1),
    ]
    assert journal.missing_after("tools", 0, {"tool_start"}) == 37
    assert await append(journal, [record()]) == [41]
