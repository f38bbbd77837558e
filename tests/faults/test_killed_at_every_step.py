"""A journal that is killed at each step of its way to the disk, with and without a power failure behind that."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from tests.journal.old_tables import VERSION_1

from .disk import Action, FaultyDisk, Operation
from .effort import Effort
from .figures import Figures
from .journal_process import Died, JournalProcess

Disk = Callable[[Path], FaultyDisk]


@dataclass(slots=True)
class Told:
    """What a journal has said, over all processes.

    Attributes:
        answered: The offset of each event that it has kept.
        batches: What was to be kept together.
        epochs: The epochs that it has named.
    """

    answered: dict[str, int] = field(default_factory=dict)
    batches: list[list[str]] = field(default_factory=list)
    epochs: set[str] = field(default_factory=set)

    def append(self, journal: JournalProcess, batch: list[str], size: int = 10) -> None:
        self.batches.append(batch)
        offsets = journal.append(batch, size)
        assert offsets is not None
        self.answered.update(zip(batch, offsets, strict=True))


@dataclass(frozen=True, slots=True)
class Story:
    """What happens to a journal, from the opening to a clean end.

    Attributes:
        batches: How many events are appended one after the other.
        size: Characters of each event.
        capacity: How many are kept.
        version_1: Whether the file is there before, as the first version left it, with two events.
    """

    batches: tuple[int, ...]
    size: int = 10
    capacity: int = 1_000_000
    version_1: bool = False

    def prepare(self, data_dir: Path, told: Told) -> None:
        """Make what is there before."""
        if not self.version_1:
            return
        data_dir.mkdir()
        with contextlib.closing(sqlite3.connect(data_dir / "journal.sqlite3")) as file:
            file.executescript(VERSION_1)
            file.execute("INSERT INTO streams VALUES (1, 'tools', 2, 0)")
            for offset in (1, 2):
                body = f'{{"id":"old{offset}","source":"/test","type":"tool_start","data":{{}}}}'.encode()
                row = (1 << 40 | offset, offset, "tool_start", 0.0, "buffer_if_no_clients", None, body)
                file.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            file.commit()
        told.answered.update(old1=1, old2=2)
        told.epochs.add("kQx3vJ0a")

    def tell(self, data_dir: Path, disk: FaultyDisk, told: Told) -> None:
        """Let it happen.

        Raises:
            Died: The process was killed.
        """
        with JournalProcess(data_dir, disk.environment, capacity=self.capacity) as journal:
            told.epochs.add(journal.epoch)
            for number, events in enumerate(self.batches):
                told.append(journal, [f"{number}.{each}" for each in range(events)], self.size)
            journal.close()


CHECKPOINT = "a checkpoint"

STORIES = {
    "a new journal": Story((1, 3, 40, 1)),
    "trimming": Story((5, 5, 5), capacity=4),
    "a file of version 1": Story((1,), version_1=True),
    # 20 MB: the log is moved into the file at 16 MiB.
    CHECKPOINT: Story((50,) * 5, size=80_000),
}

#: Where a process is killed, and of how many steps in a row one is tried.
STEPS: list[tuple[Operation, str, Action, int]] = [
    ("write", "-wal", "torn", 5),
    ("sync", "-wal", "kill", 1),
    ("sync", "-wal", "killed", 1),
    ("write", ".sqlite3", "torn", 3),
    ("sync", ".sqlite3", "kill", 1),
    ("sync", ".sqlite3", "killed", 1),
    ("truncate", "*", "kill", 1),
    ("truncate", "*", "killed", 1),
    ("remove", "*", "kill", 1),
    ("remove", "*", "killed", 1),
]

#: Steps of one kind that are tried at most.
MOST = 6


def steps(effort: Effort, story: str) -> Iterator[tuple[Operation, str, Action, int, int]]:
    """The steps that are tried: where, how far they lie apart, and how many of them at most."""
    if not effort.full:
        yield "write", "-wal", "torn", 30, 2
        yield "sync", "-wal", "killed", 1, 1
        return
    for operation, files, action, stride in STEPS:
        # A checkpoint writes some thousand pages.
        yield operation, files, action, stride * (400 if story == CHECKPOINT and operation == "write" else 1), MOST


def check(data_dir: Path, disk: FaultyDisk, told: Told, story: Story) -> None:
    """All that was answered is there, in its place, and what was not answered is there as a whole or not at all."""
    with JournalProcess(data_dir, disk.environment, capacity=story.capacity) as journal:
        if told.answered:
            assert told.epochs == {journal.epoch}
        report = journal.report()
        kept, known, head = report["kept"], report["known"], report["head"]
        assert told.answered.items() <= known.items()
        assert kept.items() <= known.items()
        assert sorted(known.values()) == list(range(1, head + 1))
        # What was trimmed last may be there again: it is deleted with the next commit.
        assert len(kept) >= min(head, story.capacity)
        assert sorted(kept.values()) == list(range(head - len(kept) + 1, head + 1))
        for batch in told.batches:
            assert len(known.keys() & set(batch)) in {0, len(batch)}
        assert journal.append(["behind"]) == [head + 1]
        journal.close()
    with contextlib.closing(sqlite3.connect(data_dir / "journal.sqlite3")) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", STORIES if Effort.of_environment().full else ["trimming"])
def test_a_journal_is_whole_wherever_it_was_killed(
    tmp_path: Path, faulty_disk: Disk, effort: Effort, figures: Figures, name: str
) -> None:
    story = STORIES[name]
    random = effort.random(name)
    numbers = count()
    deaths = 0
    for operation, files, action, stride, most in steps(effort, name):
        for before in range(0, most * stride, stride):
            data_dir = tmp_path / str(next(numbers))
            told = Told()
            story.prepare(data_dir, told)
            disk = faulty_disk(data_dir)
            disk.adopt()
            disk.fail(operation, files, action, after=before)
            try:
                story.tell(data_dir, disk, told)
            except Died:
                deaths += 1
            else:
                break
            disk.mend()
            if random.random() < 0.5:
                disk.lose_power(random)
            check(data_dir, disk, told, story)
    assert deaths
    figures.add("killed at each step to the disk", f"{name}: kills", deaths)
