"""A disk that fails while a server runs: no wrong 2xx, clear errors, reading goes on, and so does all when it works."""

import asyncio
import contextlib
import errno
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .disk import FaultyDisk, Operation
from .effort import Effort, only_in_full
from .figures import Figures
from .journal_process import JournalProcess
from .serving import ServerProcess
from .workload import EVERYTHING, Workload

Disk = Callable[[Path], FaultyDisk]

#: What fails, on which files, with which error, and what a person is told to do.
FAULTS: dict[str, tuple[Operation, str, int, str]] = {
    "the disk is full": ("write", "*", errno.ENOSPC, "free some space on its disk"),
    "the quota is used up": ("write", "*", errno.EDQUOT, "its disk"),
    "the log cannot be written": ("write", "-wal", errno.EIO, "look after its disk"),
    "the log cannot be synced": ("sync", "-wal", errno.EIO, "look after its disk"),
    "nothing can be synced": ("sync", "*", errno.EIO, "look after its disk"),
    "the disk has become read-only": ("write", "*", errno.EROFS, "its disk"),
}

SMOKE = ("the log cannot be synced",)


async def until_ready(server: ServerProcess) -> None:
    """Wait until it says by itself that it takes events: orchestrators send none before."""
    async with asyncio.timeout(20):
        while (await server.request("/readyz"))[0] != 204:
            await asyncio.sleep(0.05)


@pytest.mark.timeout(300)
async def test_a_disk_that_does_not_take_what_is_written(
    tmp_path: Path, faulty_disk: Disk, effort: Effort, figures: Figures
) -> None:
    subject = "a disk that fails under load"
    disk = faulty_disk(tmp_path / "data")
    server = ServerProcess(tmp_path / "data", EVERYTHING, environment=disk.environment)
    workload = Workload.small(server.url, effort)
    faults = FAULTS if effort.full else {name: FAULTS[name] for name in SMOKE}
    try:
        async with workload.running(server):
            await server.start()
            await asyncio.sleep(0.5)
            for name, (operation, files, error, remedy) in faults.items():
                joins = [each.joins for each in workload.followers]
                refusals = workload.refusals()
                disk.fail(operation, files, error)
                async with asyncio.timeout(20):
                    while (await server.request("/readyz"))[0] != 503:
                        await asyncio.sleep(0.02)
                event = {"type": "tool_start", "source": "/test", "id": name, "data": {"tool": "Bash"}}
                status, problem = await server.request("/v1/events", event)
                assert (status, problem["type"]) == (503, "urn:eventyard:problem:unavailable")
                assert problem["detail"].startswith("nothing was kept, try again: the journal ")
                assert str(tmp_path / "data" / "journal.sqlite3") in problem["detail"]
                assert remedy in problem["detail"]
                _, health = await server.request("/health")
                assert health["status"] == "degraded"
                assert problem["detail"].endswith(health["journal_failure"])
                assert await server.kept("tools")
                assert [each.joins for each in workload.followers] == joins, "a client lost its connection"
                # A sender may be between two of its batches: the disk fails until each has met it.
                async with asyncio.timeout(20):
                    while any(now == before for now, before in zip(workload.refusals(), refusals, strict=True)):
                        await asyncio.sleep(0.02)
                disk.mend()
                await until_ready(server)
                assert (await server.request("/health"))[1]["journal_failure"] is None
                await asyncio.sleep(0.2)
                figures.add(subject, name, 1, "fault")
            await server.kill()
            await server.start()
            await asyncio.sleep(0.3)
    finally:
        await server.kill()
    workload.check(figures, subject, effort)
    workload.check_that_nothing_was_trimmed()


@only_in_full
async def test_a_disk_that_cannot_be_read(tmp_path: Path, faulty_disk: Disk) -> None:
    """What is new goes its way; the history is an error until it can be read again."""
    disk = faulty_disk(tmp_path / "data")
    # 10 MB, more than is held in memory.
    with JournalProcess(tmp_path / "data", disk.environment) as journal:
        journal.append([f"e{number}" for number in range(100)], 100_000)
        journal.close()
    server = ServerProcess(tmp_path / "data", environment=disk.environment)
    try:
        await server.start()
        disk.fail("read", "*", errno.EIO)
        status, problem = await server.request("/v1/streams/tools/events")
        assert (status, problem["type"]) == (503, "urn:eventyard:problem:unavailable")
        assert str(tmp_path / "data" / "journal.sqlite3") in problem["detail"]
        assert "its disk" in problem["detail"]
        event = {
            "type": "error",
            "source": "/test",
            "id": "new",
            "data": {"message": "it broke", "kind": "tool_failed"},
        }
        status, _ = await server.request("/v1/events", event)
        assert status in {202, 503}
        disk.mend()
        await until_ready(server)
        assert (await server.request("/v1/events", event))[0] == 202
        assert [event["id"] for event in await server.kept("tools")] == [f"e{number}" for number in range(100)]
    finally:
        await server.kill()


@only_in_full
async def test_a_file_that_another_program_holds_for_a_while(tmp_path: Path) -> None:
    """Nothing is kept meanwhile, and nothing is said to be."""
    server = ServerProcess(tmp_path / "data")
    event = {"type": "tool_start", "source": "/test", "data": {"tool": "Bash"}}
    try:
        await server.start()
        assert (await server.request("/v1/events", event | {"id": "before"}))[0] == 202
        with contextlib.closing(sqlite3.connect(tmp_path / "data" / "journal.sqlite3", isolation_level=None)) as file:
            file.execute("BEGIN IMMEDIATE")
            status, problem = await server.request("/v1/events", event | {"id": "refused"})
            assert status == 503
            assert "database is locked; another program has it open" in problem["detail"]
            assert [each["id"] for each in await server.kept("tools")] == ["before"]
            file.execute("ROLLBACK")
        await until_ready(server)
        assert (await server.request("/v1/events", event | {"id": "behind"}))[0] == 202
        assert [each["id"] for each in await server.kept("tools")] == ["before", "behind"]
    finally:
        await server.kill()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB."""
    path = tmp_path / "small"
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "eventyard", str(path)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root may mount a small disk")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


def test_a_small_disk_that_becomes_full(small_disk: Path) -> None:
    """A real one: what it took is there, what it did not take is refused, and room helps."""
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(2_000_000))
    kept: list[str] = []
    with JournalProcess(small_disk / "data", {}) as journal:
        for number in range(100):
            if journal.append([f"e{number}"], 100_000) is None:
                break
            kept.append(f"e{number}")
        assert len(kept) < 30
        assert "free some space on its disk" in journal.refusal("refused", 100_000)
        assert len(journal.read()["offsets"]) == len(kept)
        ballast.unlink()
        assert journal.append(["behind"]) == [len(kept) + 1]
    with JournalProcess(small_disk / "data", {}) as journal:
        assert list(journal.report()["kept"]) == [*kept, "behind"]
