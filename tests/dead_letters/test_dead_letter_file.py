"""The file of the dead letters: what it survives, and what its failures cost."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from eventyard import Issue
from eventyard.dead_letters import DeadLetter, SqliteDeadLetters
from eventyard.errors import DeadLetterError
from eventyard.metrics import Metrics

FILE = "dead-letters.sqlite3"


def letter(text: str = "") -> DeadLetter:
    return DeadLetter.refused(
        {"text": text},
        [Issue("type", "/data", "expected an object")],
        time="2026-01-31T12:00:00.000Z",
        intake="http",
        type=None,
    )


def opened(directory: Path, metrics: Metrics | None = None) -> SqliteDeadLetters:
    store = SqliteDeadLetters(directory, 20_000, 1 << 30, metrics or Metrics())
    store.open()
    return store


async def numbers(store: SqliteDeadLetters) -> list[int]:
    return [each.number for each in (await store.page(0, 100)).letters]


async def test_letters_and_numbers_go_on_after_a_restart(tmp_path: Path) -> None:
    """Also when the last letter is gone."""
    store = opened(tmp_path)
    store.add(letter())
    store.add(letter())
    await store.remove([2])
    await store.close()
    store = opened(tmp_path)
    assert store.add(letter()) == 3
    page = await store.page(0, 10)
    assert ([each.number for each in page.letters], page.total) == ([1, 3], 3)
    await store.close()


async def test_a_letter_that_comes_while_the_file_is_being_closed_counts_as_dropped(tmp_path: Path) -> None:
    metrics = Metrics()
    store = opened(tmp_path, metrics)
    closing = asyncio.create_task(store.close())
    await asyncio.sleep(0)
    assert store.add(letter()) is None
    await closing
    assert metrics.value("eventyard_dropped_events_total", reason="dead_letter_disk") == 1


async def test_no_number_is_given_twice_after_an_unclean_end(tmp_path: Path) -> None:
    """Those of letters that waited may have been told to somebody."""
    store = opened(tmp_path)
    store.add(letter())
    await store.page(0, 1)
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in tmp_path.glob(f"{FILE}*"):
        (copy / path.name).write_bytes(path.read_bytes())
    waiting = [store.add(letter()) for _ in range(50)]
    await store.close()
    after = opened(copy)
    assert await numbers(after) == [1]
    assert after.add(letter()) not in waiting
    await after.close()


@pytest.mark.parametrize("damage", ["header", "pages", "after a crash", "tables", "version"])
async def test_a_file_of_no_use_is_set_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str) -> None:
    """It is there for whoever wants to mend it, and the log says where."""
    store = opened(tmp_path)
    for _ in range(100):
        store.add(letter("x" * 1000))
    await store.close()
    path = tmp_path / FILE
    if damage == "header":
        path.write_bytes(b"this is no database" + path.read_bytes()[19:])
    elif damage == "pages":
        content = path.read_bytes()
        path.write_bytes(content[:20480] + b"\xff" * (len(content) - 20480))
    else:
        change = {
            "after a crash": "UPDATE state SET clean = 0",
            "tables": "DROP TABLE letters",
            "version": "PRAGMA user_version = 99",
        }[damage]
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute(change)
        connection.close()
        if damage == "after a crash":
            # The number of free pages, which only the check looks at.
            content = path.read_bytes()
            path.write_bytes(content[:36] + b"\x00\x00\x00\x05" + content[40:])
    before = path.read_bytes()
    caplog.set_level("ERROR", "eventyard")
    store = opened(tmp_path)
    assert (store.failure, await numbers(store)) == (None, [])
    assert store.add(letter()) == 1
    await store.close()
    assert (tmp_path / "dead-letters.set-aside-1.sqlite3").read_bytes() == before
    (record,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert str(path) in record.message
    assert "dead-letters.set-aside-1.sqlite3" in record.message


async def test_a_second_file_of_no_use_does_not_replace_the_first(tmp_path: Path) -> None:
    for content in (b"first" * 100, b"second" * 100):
        (tmp_path / FILE).write_bytes(content)
        await opened(tmp_path).close()
    assert (tmp_path / "dead-letters.set-aside-1.sqlite3").read_bytes().startswith(b"first")
    assert (tmp_path / "dead-letters.set-aside-2.sqlite3").read_bytes().startswith(b"second")


async def test_a_file_that_cannot_be_opened_costs_letters_only(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    metrics = Metrics()
    store = opened(tmp_path, metrics)
    assert "cannot be used: unable to open database file" in str(store.failure)
    assert store.add(letter()) is None
    assert metrics.value("eventyard_dropped_events_total", reason="dead_letter_disk") == 1
    with pytest.raises(DeadLetterError, match="cannot be used"):
        await store.page(0, 1)
    await store.close()


async def test_what_does_not_fit_into_the_queue_is_dropped_and_counted(tmp_path: Path) -> None:
    """Whatever is refused between two turns of the event loop."""
    metrics = Metrics()
    store = opened(tmp_path, metrics)
    given = [store.add(letter()) for _ in range(10_500)]
    assert given == [*range(1, 10_001), *[None] * 500]
    assert metrics.value("eventyard_dropped_events_total", reason="dead_letter_queue") == 500
    page = await store.page(0, 1)
    assert (page.kept, page.total) == (10_000, 10_000)
    assert store.add(letter()) == 10_001
    await store.close()


async def test_the_queue_has_a_bound_of_bytes_but_takes_one_letter_of_any_size(tmp_path: Path) -> None:
    store = opened(tmp_path)
    assert [store.add(letter("x" * 20_000_000)), store.add(letter())] == [1, None]
    await store.page(0, 1)
    assert store.add(letter()) == 2
    await store.close()


async def test_whoever_asks_and_hangs_up_disturbs_nobody(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.add(letter())
    asking = asyncio.create_task(store.page(0, 1))
    await asyncio.sleep(0)
    asking.cancel()
    assert await numbers(store) == [1]
    await store.close()


async def test_what_the_table_cannot_take_is_told_and_the_store_goes_on(tmp_path: Path) -> None:
    """A number beyond 64 bits stops at SQLite; nobody else notices."""
    store = opened(tmp_path)
    store.add(letter())
    with pytest.raises(DeadLetterError):
        await store.page(2**70, 1)
    assert await numbers(store) == [1]
    await store.close()
