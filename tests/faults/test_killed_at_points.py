"""A server that is killed at each point of an event's way, under load."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from .disk import Action, FaultyDisk, Operation
from .effort import Effort, only_in_full
from .figures import Figures
from .plugin_directory import install
from .serving import ServerProcess
from .workload import EVERYTHING, Workload

Disk = Callable[[Path], FaultyDisk]

PLUGIN = Path(__file__).with_name("killer_plugin.py")


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """At an event's passage through a stage."""

    point: str
    event: int


@dataclass(frozen=True, slots=True)
class AtTheDisk:
    """At an operation on a file."""

    operation: Operation
    files: str
    action: Action
    after: int


@dataclass(frozen=True, slots=True)
class WhileStopping:
    """At an operation on a file, when the server was told to stop."""

    operation: Operation
    files: str
    action: Action


#: In the order of an event's way, in words for the figures.
POINTS: dict[str, OnTheWay | AtTheDisk | WhileStopping] = {
    "before the write: while events are enriched": OnTheWay("enrich", 30),
    "in the middle of the write": AtTheDisk("write", "-wal", "torn", 100),
    "between write and commit: before the sync": AtTheDisk("sync", "-wal", "kill", 15),
    "behind the sync, before the commit is known": AtTheDisk("sync", "-wal", "killed", 20),
    "between commit and broadcast": OnTheWay("commit", 20),
    "between commit and broadcast, in a list": OnTheWay("commit", 33),
    "between broadcast and answer": OnTheWay("broadcast", 25),
    "behind the broadcast: in a sink": OnTheWay("emit", 40),
    "while starting: the first write": AtTheDisk("write", "-wal", "torn", 0),
    "while starting: before the first sync": AtTheDisk("sync", "-wal", "kill", 0),
    "while stopping: the log is moved into the file": WhileStopping("write", ".sqlite3", "torn"),
    "while stopping: before the file is synced": WhileStopping("sync", ".sqlite3", "kill"),
    "while stopping: before the log is cut": WhileStopping("truncate", "-wal", "kill"),
    "while stopping: the log is cut": WhileStopping("truncate", "-wal", "killed"),
    "while stopping: before the log is removed": WhileStopping("remove", "-wal", "kill"),
}


@only_in_full
@pytest.mark.timeout(300)
async def test_kill_9_at_each_point_of_the_way(
    tmp_path: Path, faulty_disk: Disk, effort: Effort, figures: Figures
) -> None:
    subject = "kill -9 at each point of an event's way, under load"
    disk = faulty_disk(tmp_path / "data")
    plugin = install(PLUGIN, "Killer", tmp_path / "plugins")
    server = ServerProcess(tmp_path / "data", EVERYTHING)
    workload = Workload.small(server.url, effort)
    try:
        async with workload.running(server):
            for name, point in POINTS.items():
                disk.mend()
                server.environment = dict(disk.environment)
                match point:
                    case OnTheWay(stage, event):
                        server.environment |= plugin | {"KILLER_POINT": stage, "KILLER_AT": str(event)}
                    case AtTheDisk(operation, files, action, after):
                        disk.fail(operation, files, action, after=after)
                await server.spawn()
                if isinstance(point, WhileStopping):
                    assert await server.ready(), server.said()
                    await asyncio.sleep(0.5)
                    disk.fail(point.operation, point.files, point.action)
                    await server.stop()
                assert await server.ended() == -9, f"{name}\n{server.said()}"
                figures.add(subject, name, 1, "kill")
            disk.mend()
            server.environment = dict(disk.environment)
            await server.start()
            await asyncio.sleep(0.5)
    finally:
        await server.kill()
    workload.check(figures, subject, effort)
    workload.check_that_nothing_was_trimmed()
