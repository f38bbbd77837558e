"""``durability`` full: what was answered is on the disk, whatever the machine forgets when it loses its power."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from .disk import FaultyDisk
from .effort import Effort, only_in_full
from .figures import Figures
from .journal_process import JournalProcess
from .serving import ServerProcess
from .workload import EVERYTHING, Workload

Disk = Callable[[Path], FaultyDisk]


def test_what_was_read_of_the_log_after_an_unclean_stop_is_on_the_disk(tmp_path: Path, faulty_disk: Disk) -> None:
    """A sync that failed leaves in the log what can be read and is not on the disk: nothing may be built on that."""
    disk = faulty_disk(tmp_path / "data")
    with JournalProcess(tmp_path / "data", disk.environment) as journal:
        assert journal.append(["before"]) == [1]
        disk.fail("sync", "-wal")
        assert journal.append(["refused"]) is None
    disk.mend()
    with JournalProcess(tmp_path / "data", disk.environment) as journal:
        offsets = journal.append(["behind"])
    disk.lose_power(Random(1))
    with JournalProcess(tmp_path / "data", disk.environment) as journal:
        kept = journal.report()["kept"]
    # What was refused may be there: its sender does not know, and sends it again.
    kept.pop("refused", None)
    assert kept == {"before": 1, "behind": (offsets or [0])[0]}


@only_in_full
@pytest.mark.parametrize("seed", range(5))
def test_without_syncs_the_latest_may_be_lost_and_clients_are_told(
    tmp_path: Path, faulty_disk: Disk, seed: int
) -> None:
    """``durability`` process: what is left is whole and without a hole, in a new epoch."""
    disk = faulty_disk(tmp_path / "data")
    with JournalProcess(tmp_path / "data", disk.environment, durability="process") as journal:
        for number in range(30):
            journal.append([f"{number}.{each}" for each in range(10)], 200)
    disk.lose_power(Random(seed))
    # The machine has been started again, as far as the journal knows.
    with contextlib.closing(sqlite3.connect(tmp_path / "data" / "journal.sqlite3")) as file:
        file.execute("UPDATE meta SET value = 'another run of the machine' WHERE key = 'boot'")
        file.commit()
    with JournalProcess(tmp_path / "data", {}, durability="process") as again:
        report = again.report()
        assert again.epoch != journal.epoch
        assert sorted(report["kept"].values()) == list(range(1, report["head"] + 1))
        assert again.append(["next"]) == [report["head"] + 1]


@only_in_full
@pytest.mark.timeout(600)
async def test_power_failures_at_random_moments(
    tmp_path: Path, faulty_disk: Disk, effort: Effort, figures: Figures
) -> None:
    """Also with a disk that could not sync shortly before."""
    subject = "power failures at random moments, syncs that fail"
    random = effort.random("power failures")
    disk = faulty_disk(tmp_path / "data")
    server = ServerProcess(tmp_path / "data", EVERYTHING, environment=disk.environment)
    workload = Workload.large(server.url, effort)
    failures = max(1, effort.kills // 2)
    try:
        async with workload.running(server):
            for _ in range(failures):
                await server.start()
                await asyncio.sleep(random.uniform(0, 0.8))
                if random.random() < 0.7:
                    disk.fail("sync", random.choice(["-wal", ".sqlite3", "*"]), after=random.randrange(3))
                    await asyncio.sleep(random.uniform(0, 0.3))
                    if random.random() < 0.5:
                        disk.mend()
                        await asyncio.sleep(random.uniform(0, 1.2))
                await server.kill()
                disk.mend()
                if random.random() < 0.5:
                    disk.lose_power(random)
            await server.start()
            await asyncio.sleep(0.5)
    finally:
        await server.kill()
    figures.add(subject, "power failures, or kills behind syncs that failed", failures)
    workload.check(figures, subject, effort)
    workload.check_that_nothing_was_trimmed()
