"""A server that is killed at random moments under load: nothing is lost, doubled, disordered or silently missing."""

import asyncio
from pathlib import Path

import pytest

from .effort import Effort, only_in_full
from .figures import Figures
from .serving import ServerProcess
from .workload import EVERYTHING, Workload

#: Of ten kills, so many come while the server starts.
STARTING = 2


async def kill_at_random(server: ServerProcess, kills: int, effort: Effort) -> None:
    """Start and kill ``server`` so many times, and start it once more."""
    random = effort.random("kills")
    for number in range(kills):
        await server.spawn()
        if number % 10 < STARTING:
            await asyncio.sleep(random.uniform(0, 1.2))
        else:
            assert await server.ready(), server.said()
            await asyncio.sleep(random.uniform(0, 1.5))
        await server.kill()
    await server.start()
    await asyncio.sleep(0.5)


@pytest.mark.timeout(1200)
async def test_kill_9_at_random_moments(tmp_path: Path, effort: Effort, figures: Figures) -> None:
    subject = "kill -9 at random moments under load"
    server = ServerProcess(tmp_path / "data", EVERYTHING)
    workload = Workload.large(server.url, effort)
    try:
        async with workload.running(server):
            await kill_at_random(server, effort.kills, effort)
    finally:
        await server.kill()
    figures.add(subject, "kills", effort.kills)
    workload.check(figures, subject, effort)
    workload.check_that_nothing_was_trimmed()


@only_in_full
@pytest.mark.timeout(600)
async def test_kill_9_with_the_durability_of_the_process(tmp_path: Path, effort: Effort, figures: Figures) -> None:
    """The operating system has what was answered, and goes on."""
    subject = "kill -9 at random moments under load, journal.durability = process"
    kills = max(5, effort.kills // 5)
    server = ServerProcess(tmp_path / "data", {**EVERYTHING, "journal.durability": "process"})
    workload = Workload.large(server.url, effort)
    try:
        async with workload.running(server):
            await kill_at_random(server, kills, effort)
    finally:
        await server.kill()
    figures.add(subject, "kills", kills)
    workload.check(figures, subject, effort)
    workload.check_that_nothing_was_trimmed()


@only_in_full
@pytest.mark.timeout(600)
async def test_kill_9_where_little_is_kept(tmp_path: Path, effort: Effort, figures: Figures) -> None:
    """Clients that come back find some of it trimmed, and are told how much."""
    subject = "kill -9 at random moments under load, 300 events of a type kept"
    kills = max(5, effort.kills // 5)
    server = ServerProcess(tmp_path / "data", {"max_buffer_size": 300, "retention.error.events": 300})
    workload = Workload.large(server.url, effort, absence=1.0)
    try:
        async with workload.running(server):
            await kill_at_random(server, kills, effort)
    finally:
        await server.kill()
    figures.add(subject, "kills", kills)
    workload.check(figures, subject, effort)
    assert any(each.gaps for each in workload.followers)
