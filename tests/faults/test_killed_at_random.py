"""A server that is killed at random moments under load: nothing is lost, doubled, disordered or silently missing."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from .effort import Effort, only_in_full
from .figures import Figures
from .following import Follower
from .publishing import Publisher
from .serving import ServerProcess
from .witness import judge

STREAMS = ("agents", "errors", "sessions", "tools")

#: Of ten kills, so many come while the server starts.
STARTING = 2

#: As much as is ever sent here.
ALL = 10_000_000


def followers_of(url: str, absence: float) -> list[Follower]:
    return [
        Follower(url, "tools", absence=absence),
        Follower(url, "tools", batch=True, absence=absence),
        Follower(url, "tools", transport="polling", absence=absence),
        Follower(url, "tools", batch=True, types=["tool_stop"], absence=absence),
        Follower(url, "errors", absence=absence),
        Follower(url, "sessions", batch=True, absence=absence),
        Follower(url, "agents", batch=True, transport="polling", absence=absence),
    ]


@contextlib.asynccontextmanager
async def at_work(publishers: Sequence[Publisher], followers: Sequence[Follower]) -> AsyncIterator[None]:
    """Have all of them run; at the end, those that publish finish first."""
    async with asyncio.TaskGroup() as following:
        for follower in followers:
            following.create_task(follower.run())
        async with asyncio.TaskGroup() as publishing:
            for publisher in publishers:
                publishing.create_task(publisher.run())
            yield
            for publisher in publishers:
                publisher.stop()
        heads = {stream: max_offset(publishers, stream) for stream in STREAMS}
        async with asyncio.timeout(60):
            while any(follower.types is None and follower.offset < heads[follower.stream] for follower in followers):
                await asyncio.sleep(0.02)
        # A filtered client is told nothing of what is not for it; what is on the way to it comes before this is over.
        await asyncio.sleep(0.2)
        for follower in followers:
            await follower.stop()


def max_offset(publishers: Sequence[Publisher], stream: str) -> int:
    places = [place for publisher in publishers for place in publisher.answered.values()]
    return max((place.offset for place in places if place.stream == stream), default=0)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("kept", ["all", pytest.param("little", marks=only_in_full)])
async def test_kill_9_at_random_moments(tmp_path: Path, effort: Effort, figures: Figures, kept: str) -> None:
    """Where little is kept, clients that come back find some of it trimmed, and are told how much."""
    random = effort.random(f"kills, {kept} kept")
    capacity = ALL if kept == "all" else 300
    kills = effort.kills if kept == "all" else max(1, effort.kills // 5)
    settings = {"max_buffer_size": capacity, "journal.max_bytes": 1 << 40, "retention.error.events": capacity}
    server = ServerProcess(tmp_path / "data", settings)
    names = [f"/publisher/{number}" for number in range(6)]
    publishers = [Publisher(server.url, name, effort.random(name), most=30, pause=0.02) for name in names]
    followers = followers_of(server.url, absence=0.02 if kept == "all" else 1.0)
    try:
        async with at_work(publishers, followers):
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
        journal = {stream: await server.kept(stream) for stream in STREAMS}
        assert await server.stop() == 0, server.said()
        with contextlib.closing(sqlite3.connect(server.data_dir / "journal.sqlite3")) as file:
            assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    finally:
        await server.kill()

    verdict = judge(publishers, journal, followers)
    subject = f"kill -9 at random moments under load, {kept} kept"
    figures.add(subject, "seed", str(effort.seed))
    figures.add(subject, "kills", kills)
    figures.add(subject, "events answered with 202", sum(len(each.answered) for each in publishers))
    figures.add(subject, "of these, answered only when sent again", sum(each.repeated for each in publishers))
    figures.add(subject, "events seen by 7 clients", sum(len(each.seen) for each in followers))
    figures.add(subject, "times that a client came back", sum(each.joins for each in followers) - len(followers))
    figures.add(subject, "gaps that were told", sum(len(each.gaps) for each in followers))
    for name, count in verdict.counts().items():
        figures.add(subject, name, count)
    assert not any(verdict.counts().values()), f"seed {effort.seed}\n{verdict}\n{server.said()}"
    assert all(len(each.answered) > kills for each in publishers), "a publisher was never answered"
    assert any(each.gaps for each in followers) is (kept == "little")
