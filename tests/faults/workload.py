"""Senders and clients that go on whatever happens to the server, and what came of it."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final, Self

from .effort import Effort
from .figures import Figures
from .following import Follower, LibraryFollower
from .publishing import LibraryPublisher, Publisher
from .serving import ServerProcess
from .witness import judge

__all__ = ["EVERYTHING", "Workload"]

_STREAMS: Final = ("agents", "errors", "sessions", "tools")

#: Settings of a server that trims nothing.
EVERYTHING: Final = {"max_buffer_size": 10_000_000, "retention.error.events": 10_000_000, "journal.max_bytes": 1 << 40}

# Seconds that clients get to reach the head of their streams.
_CATCH_UP: Final = 60


class Workload:
    """Senders that send each event until it is answered, and clients that come back with their cursors.

    Attributes:
        publishers: The senders.
        followers: The clients.
    """

    def __init__(self, publishers: Sequence[Publisher], followers: Sequence[Follower]) -> None:
        """Put ``publishers`` and ``followers`` to work, once :meth:`running`."""
        self.publishers = publishers
        self.followers = followers
        self._journal: dict[str, list[dict[str, Any]]] = {}

    @classmethod
    def large(cls, url: str, effort: Effort, *, absence: float = 0.02) -> Self:
        """Six senders and eight clients of every kind, who stay away for ``absence`` seconds when they are cut off.

        One of each uses the client library.
        """
        followers = [
            Follower(url, "tools", absence=absence),
            Follower(url, "tools", batch=True, absence=absence),
            Follower(url, "tools", transport="polling", absence=absence),
            Follower(url, "tools", batch=True, types=["tool_stop"], absence=absence),
            Follower(url, "errors", absence=absence),
            Follower(url, "sessions", batch=True, absence=absence),
            Follower(url, "agents", batch=True, transport="polling", absence=absence),
            LibraryFollower(url, "tools"),
        ]
        publishers = [
            kind(url, name, effort.random(name), most=30, pause=0.02)
            for number, kind in enumerate([Publisher] * 5 + [LibraryPublisher])
            for name in [f"/publisher/{number}"]
        ]
        return cls(publishers, followers)

    @classmethod
    def small(cls, url: str, effort: Effort) -> Self:
        """Two senders and two clients."""
        names = ["/publisher/0", "/publisher/1"]
        followers = [Follower(url, "tools"), Follower(url, "errors", batch=True)]
        return cls([Publisher(url, name, effort.random(name), most=5, pause=0.01) for name in names], followers)

    @contextlib.asynccontextmanager
    async def running(self, server: ServerProcess) -> AsyncIterator[None]:
        """Send and follow while the block runs, at whose end ``server`` must answer; it is stopped behind that."""
        async with asyncio.TaskGroup() as following:
            for follower in self.followers:
                following.create_task(follower.run())
            async with asyncio.TaskGroup() as publishing:
                for publisher in self.publishers:
                    publishing.create_task(publisher.run())
                yield
                for publisher in self.publishers:
                    publisher.stop()
            await self._catch_up()
            for follower in self.followers:
                await follower.stop()
        self._journal = {stream: await server.kept(stream) for stream in _STREAMS}
        assert await server.stop() == 0, server.said()
        with contextlib.closing(sqlite3.connect(server.data_dir / "journal.sqlite3")) as file:
            assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]

    def refusals(self) -> list[int]:
        """How many requests of each sender were answered with 503 so far."""
        return [each.answers.get(503, 0) for each in self.publishers]

    def check(self, figures: Figures, subject: str, effort: Effort) -> None:
        """Fail unless all that was sent was kept and seen, once and in order."""
        verdict = judge(self.publishers, self._journal, self.followers)
        answers = [len(each.answered) for each in self.publishers]
        figures.add(subject, "seed", str(effort.seed))
        figures.add(subject, "events answered with 202", sum(answers))
        figures.add(subject, "of these, answered only when sent again", sum(each.repeated for each in self.publishers))
        figures.add(subject, "requests answered with 503", sum(self.refusals()))
        figures.add(subject, f"events seen by {len(self.followers)} clients", sum(map(_sight, self.followers)))
        returns = sum(each.joins - 1 for each in self.followers)
        figures.add(subject, "times that a client came back", returns)
        figures.add(subject, "gaps that were told", sum(len(each.gaps) for each in self.followers))
        for name, count in verdict.counts().items():
            figures.add(subject, name, count)
        assert not any(verdict.counts().values()), f"seed {effort.seed}\n{verdict}"
        assert min(answers) > 0, "a publisher was never answered"

    def check_that_nothing_was_trimmed(self) -> None:
        """Fail unless every client was given all that there ever was."""
        assert [each.begin for each in self.followers] == [0] * len(self.followers)
        assert not any(each.gaps for each in self.followers)

    async def _catch_up(self) -> None:
        heads = dict.fromkeys(_STREAMS, 0)
        for publisher in self.publishers:
            for stream, offset, _ in publisher.answered.values():
                heads[stream] = max(heads[stream], offset)
        async with asyncio.timeout(_CATCH_UP):
            while any(each.types is None and each.offset < heads[each.stream] for each in self.followers):
                await asyncio.sleep(0.02)
        # A filtered client is told nothing of what is not for it; what is on the way to it comes before this is over.
        await asyncio.sleep(0.2)


def _sight(follower: Follower) -> int:
    return len(follower.seen)
