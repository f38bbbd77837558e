"""Growth: what an event costs as more is kept, as more plugins are installed, as more sessions are open.

Events come in by batches of 100 and nobody listens. The cost is the server's time of a processor, so that others on the
machine disturb it little.
"""

import asyncio
from collections.abc import Mapping
from functools import partial

from benchmarks.case import Bench, Case, Incorrect, undisturbed
from benchmarks.contenders import EVENTYARD
from benchmarks.load.channels import HttpChannel
from benchmarks.load.events import ToolEvents
from benchmarks.load.sender import Sender
from benchmarks.measurement import Figures, Stopwatch
from benchmarks.plugins import install_plugins

__all__ = ["JOURNAL_SIZES", "PLUGINS", "SESSIONS", "cases"]

JOURNAL_SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
PLUGINS = (0, 20, 100)
SESSIONS = (1, 100, 10_000)

#: How much is sent before the measurement where nothing else has to be filled.
_SETTLED = 5_000
#: Bytes of an event as it is kept, at most.
_KEPT_BYTES = 2_000


def cases() -> list[Case]:
    """Each size of each thing that grows."""
    journal = [
        Case(
            name=f"growth/journal-{size}/eventyard",
            run=partial(_journal, size=size),
            contender=EVENTYARD,
            once=size >= 1_000_000,
            slow=size >= 10_000_000,
        )
        for size in JOURNAL_SIZES
    ]
    plugins = [
        Case(name=f"growth/plugins-{count}/eventyard", run=partial(_plugins, count=count), contender=EVENTYARD)
        for count in PLUGINS
    ]
    sessions = [
        Case(name=f"growth/sessions-{count}/eventyard", run=partial(_sessions, count=count), contender=EVENTYARD)
        for count in SESSIONS
    ]
    return [*journal, *plugins, *sessions]


async def _journal(bench: Bench, *, size: int) -> Figures:
    """All of it is kept, with the bounds lifted in the smallest case as in the largest.

    Ten million events take some 15 GB of disk.
    """
    settings = {"max_buffer_size": JOURNAL_SIZES[-1], "journal.max_bytes": 2 * _KEPT_BYTES * JOURNAL_SIZES[-1]}
    return await _measure(bench, ToolEvents(), size, settings)


async def _plugins(bench: Bench, *, count: int) -> Figures:
    environment = install_plugins(bench.new_folder(), count)
    return await _measure(bench, ToolEvents(), _SETTLED, {}, environment)


async def _sessions(bench: Bench, *, count: int) -> Figures:
    # Two events a call: each session is there before the measurement.
    return await _measure(bench, ToolEvents(count), max(_SETTLED, 2 * count), {})


async def _measure(
    bench: Bench,
    events: ToolEvents,
    filling: int,
    settings: Mapping[str, object],
    environment: Mapping[str, str] | None = None,
) -> Figures:
    async with bench.server(EVENTYARD, settings, environment) as server:
        channels = [await HttpChannel.open(server.address) for _ in range(4)]
        sender = Sender(channels, events, batch=100)
        sender.start(filling)
        await sender.finished()
        with undisturbed():
            sender.start()
            watch = Stopwatch.start(server.process)
            before = sender.accepted
            await asyncio.sleep(bench.seconds)
            figures = watch.read(sender.accepted - before, "events")
            await sender.stop()
        for channel in channels:
            channel.close()
    if sender.problems:
        raise Incorrect("; ".join(sender.problems))
    return {
        "cpu_us_per_event": 1e6 / figures["events_per_cpu_s"],
        **figures,
        "sent": sender.sent,
        "delivered": sender.accepted,
    }
