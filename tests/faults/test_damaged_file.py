"""A journal's file that is not what was written, or not the server's alone: it is told, with what can be done."""

import contextlib
import errno
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from .disk import FaultyDisk
from .effort import first, only_in_full
from .journal_process import Died, JournalProcess
from .serving import ServerProcess

Disk = Callable[[Path], FaultyDisk]

DAMAGED = "it is damaged, or its disk is: move it away, with the files beside it that begin with its name"
FOREIGN = "another program may have made it: move it away"


def fill(data_dir: Path, *, clean: bool = True, commits: int = 40) -> tuple[str, Path]:
    """Make a journal with ten events a commit; gives its epoch and its file."""
    with JournalProcess(data_dir, {}) as journal:
        for number in range(commits):
            journal.append([f"{number}.{each}" for each in range(10)], 300)
        if clean:
            journal.close()
    return journal.epoch, data_dir / "journal.sqlite3"


def refusal(data_dir: Path) -> str:
    """Why the journal in ``data_dir`` is not opened."""
    with pytest.raises(Died) as caught:
        JournalProcess(data_dir, {})
    return str(caught.value)


def flip(file: Path, random: Random, bits: int = 200) -> None:
    content = bytearray(file.read_bytes())
    for _ in range(bits):
        content[random.randrange(4096, len(content))] ^= 1 << random.randrange(8)
    file.write_bytes(content)


def overwrite(file: Path, offset: int, length: int) -> None:
    with file.open("r+b") as opened:
        opened.seek(offset)
        opened.write(Random(1).randbytes(length))


def change(file: Path, statement: str) -> None:
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute(statement)
        connection.commit()


def rewrite(file: Path, seq: int, change_bodies: Callable[[list[bytes]], list[bytes]]) -> None:
    """Change the envelopes of the events of one commit, of which the first one has the number ``seq``."""
    with contextlib.closing(sqlite3.connect(file)) as connection, connection:
        (bodies,) = connection.execute("SELECT bodies FROM runs WHERE seq = ?", (seq,)).fetchone()
        changed = b"\n".join(change_bodies(bodies.split(b"\n")))
        connection.execute("UPDATE runs SET bodies = ? WHERE seq = ?", (changed, seq))


def replace(file: Path, statement: str) -> None:
    file.unlink()
    change(file, statement)


def stand_in_its_place(file: Path) -> None:
    file.unlink()
    file.mkdir()


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a header of garbage": (lambda file: overwrite(file, 0, 100), DAMAGED),
    "half of it is missing": (lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]), DAMAGED),
    "bits have flipped": (lambda file: flip(file, Random(1)), DAMAGED),
    "the tables of another program": (lambda file: replace(file, "CREATE TABLE events (x)"), FOREIGN),
    "no tables": (lambda file: change(file, "DROP TABLE meta"), FOREIGN),
    "a newer version": (
        lambda file: change(file, "PRAGMA user_version = 99"),
        "install a newer one, or start with another data directory",
    ),
    "a directory in its place": (stand_in_its_place, "give the server another one"),
}


@pytest.mark.parametrize("damage", first(DAMAGES))
def test_a_file_that_cannot_be_used_is_named_with_what_to_do(tmp_path: Path, damage: str) -> None:
    _, file = fill(tmp_path)
    spoil, remedy = DAMAGES[damage]
    spoil(file)
    message = refusal(tmp_path)
    assert f"the journal {file} " in message
    assert remedy in message


def test_what_is_wrong_after_an_unclean_stop_is_found_before_anything_else(tmp_path: Path) -> None:
    _, file = fill(tmp_path, clean=False)
    change(file, "PRAGMA wal_checkpoint(TRUNCATE)")
    flip(file, Random(1), 2000)
    message = refusal(tmp_path)
    assert re.search(r"cannot be used: .*(page|row)", message)
    assert DAMAGED in message


def test_a_damaged_event_keeps_nobody_from_the_others(tmp_path: Path) -> None:
    _, file = fill(tmp_path)
    rewrite(file, 1, lambda bodies: [*bodies[:6], bodies[6][4:], bodies[7], b"[]", bodies[9]])
    with JournalProcess(tmp_path, {}) as journal:
        assert journal.append(["next"]) == [401]
        assert journal.read() == {"offsets": [*range(1, 7), 8, *range(10, 402)], "holes": [[7, 7], [9, 9]]}


def test_events_of_which_nothing_can_be_read_keep_nobody_from_the_others(tmp_path: Path) -> None:
    """Those that were committed together stand in one row."""
    _, file = fill(tmp_path)
    with JournalProcess(tmp_path, {}) as journal:
        change(file, "UPDATE runs SET events = X'00' WHERE seq = 11")
        assert journal.append(["next"]) == [401]
        assert journal.read() == {"offsets": [*range(1, 11), *range(21, 402)], "holes": [[n, n] for n in range(11, 21)]}


def test_what_the_file_says_of_its_events_is_whole_or_told(tmp_path: Path) -> None:
    _, file = fill(tmp_path)
    change(file, "UPDATE runs SET events = X'00' WHERE seq = 11")
    assert DAMAGED in refusal(tmp_path)


def test_what_is_known_of_duplicates_is_whole_or_told(tmp_path: Path) -> None:
    _, file = fill(tmp_path)
    change(file, "UPDATE commits SET identities = X'00'")
    with JournalProcess(tmp_path, {}) as journal:
        assert DAMAGED in journal.report()["refused"]


def test_a_log_that_has_lost_commits_makes_a_new_epoch(tmp_path: Path) -> None:
    """SQLite passes over them without a word; clients would take other events for those that they have seen."""
    epoch, file = fill(tmp_path, clean=False)
    log = file.with_name("journal.sqlite3-wal")
    overwrite(log, log.stat().st_size // 2, 3000)
    with JournalProcess(tmp_path, {}) as journal:
        assert 0 < journal.report()["head"] < 400
        assert journal.epoch != epoch


def test_a_log_whose_header_is_garbage_makes_a_new_epoch(tmp_path: Path) -> None:
    epoch, file = fill(tmp_path)
    with JournalProcess(tmp_path, {}) as journal:
        journal.append(["later"])
    overwrite(file.with_name("journal.sqlite3-wal"), 0, 32)
    with JournalProcess(tmp_path, {}) as journal:
        assert journal.report()["head"] == 400
        assert journal.epoch != epoch


def test_a_commit_that_was_under_way_makes_no_new_epoch(tmp_path: Path) -> None:
    """Nobody was told that it is kept."""
    epoch, file = fill(tmp_path, clean=False)
    log = file.with_name("journal.sqlite3-wal")
    # The last event's text; its commit has frames behind it.
    overwrite(log, log.read_bytes().rindex(b"39.9"), 1)
    with JournalProcess(tmp_path, {}) as journal:
        assert journal.report()["head"] == 390
        assert journal.epoch == epoch


def test_commits_that_failed_one_after_the_other_make_no_new_epoch(tmp_path: Path, faulty_disk: Disk) -> None:
    """Each is written over the one before; of a longer one, the end is left."""
    disk = faulty_disk(tmp_path / "data")
    with JournalProcess(tmp_path / "data", disk.environment) as journal:
        journal.append(["kept"])
        disk.fail("sync", "-wal")
        for events in (60, 30, 10):
            assert journal.append([f"{events}.{each}" for each in range(events)], 1000) is None
    disk.mend()
    with JournalProcess(tmp_path / "data", disk.environment) as again:
        assert again.epoch == journal.epoch
        assert again.report()["kept"].items() >= {"kept": 1}.items()


@only_in_full
async def test_a_second_server_on_the_directory_is_refused(tmp_path: Path) -> None:
    fill(tmp_path / "data")
    server = ServerProcess(tmp_path / "data")
    with JournalProcess(tmp_path / "data", {}) as journal:
        await server.spawn()
        assert await server.ended() == 2
        assert f"Error: another Eventyard server uses the data directory {tmp_path}/data" in server.said()
        assert journal.append(["all the same"]) == [401]


@only_in_full
def test_a_file_that_another_program_holds_is_refused(tmp_path: Path) -> None:
    _, file = fill(tmp_path)
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        assert "database is locked; another program has it open" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("operation", "error", "clean", "remedy"),
    first(
        [
            ("write", errno.ENOSPC, True, "free some space on its disk"),
            ("write", errno.ENOSPC, False, "free some space on its disk"),
            ("sync", errno.EIO, True, "look after its disk"),
            ("open", errno.EROFS, True, "give the server another one with --data-dir"),
            ("open", errno.EACCES, True, "give the server another one with --data-dir"),
        ]
    ),
)
def test_a_disk_that_does_not_let_it_start_is_told(
    tmp_path: Path, faulty_disk: Disk, operation: str, error: int, clean: bool, remedy: str
) -> None:
    """And when it does again, all is there."""
    data_dir = tmp_path / "data"
    epoch, _ = fill(data_dir, clean=clean)
    disk = faulty_disk(data_dir)
    disk.fail(operation, "*", error)  # type: ignore[arg-type]  # pytest knows no literals
    with pytest.raises(Died, match=remedy) as caught:
        JournalProcess(data_dir, disk.environment)
    assert str(data_dir) in str(caught.value)
    disk.mend()
    with JournalProcess(data_dir, disk.environment) as journal:
        assert (journal.epoch, journal.report()["head"]) == (epoch, 400)
