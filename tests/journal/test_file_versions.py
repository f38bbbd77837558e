"""A file of an earlier version."""

import sqlite3
from pathlib import Path

import orjson
import pytest
from eventyard.journal.sqlite.tables import migrate

from .appending import append
from .files import Open, offsets, placed, record
from .old_tables import VERSION_1, VERSION_3

HEADS = "INSERT INTO streams VALUES (1, 'tools', 40, 39), (2, 'errors', 1, 1);"


async def test_a_file_of_the_first_version_is_taken_over_with_all_that_it_keeps(
    open_journal: Open, tmp_path: Path
) -> None:
    connection = sqlite3.connect(tmp_path / "journal.sqlite3")
    connection.executescript(VERSION_1 + HEADS)
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


async def test_what_the_events_of_the_third_version_told_they_still_tell(open_journal: Open, tmp_path: Path) -> None:
    """Also where those of which identities were written down, and those of which not, have the same time."""
    connection = sqlite3.connect(tmp_path / "journal.sqlite3")
    connection.executescript(VERSION_1 + HEADS + VERSION_3)
    connection.execute("UPDATE streams SET head = 3")
    places = {number: 1 << 40 | number for number in range(1, 6)}
    for number, place in places.items():
        body = orjson.dumps({"id": f"e{number}", "source": "/old", "type": "note", "data": {}})
        row = (place, number, "note", 1e9, "buffer_if_no_clients", None, body, None)
        connection.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    written = orjson.dumps([("/old", f"e{number}", places[number]) for number in (1, 2, 3)])
    connection.execute("INSERT INTO commits VALUES (3, 3, ?)", (written,))
    connection.commit()
    connection.close()

    journal = open_journal()
    assert journal.head("tools") == 5
    assert placed(list(journal.identities())) == [(f"e{number}", "tools", number) for number in range(1, 6)]
    assert await append(journal, [record()]) == [6]


def test_a_file_for_whose_new_form_the_disk_has_no_room_stays_as_it_is(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "journal.sqlite3", isolation_level=None)
    connection.executescript(VERSION_1 + HEADS)
    for number in range(1, 200):
        body = orjson.dumps({"id": f"e{number}", "source": "/old", "type": "note", "data": {"text": "x" * 1000}})
        row = (1 << 40 | number, number, "note", 1e9, "buffer_if_no_clients", None, body)
        connection.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages + 10}")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        migrate(connection, 1)
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    assert connection.execute("SELECT count(*) FROM events").fetchone() == (199,)
    connection.execute("PRAGMA max_page_count = 1000000")
    migrate(connection, 1)
    assert connection.execute("SELECT max(seq) FROM runs").fetchone() > (100,)
    connection.close()
