"""Memory: of an idle server, of each further client, and after many events."""

import asyncio
from functools import partial

from benchmarks.case import Bench, Case, Incorrect
from benchmarks.contenders import EVENTYARD, NODE, PYTHON_SOCKETIO, Contender
from benchmarks.load.audience import Audience
from benchmarks.load.channels import HttpChannel
from benchmarks.load.events import ToolEvents
from benchmarks.load.sender import Sender
from benchmarks.measurement import Figures
from benchmarks.server import ServerProcess

__all__ = ["cases"]

_CLIENTS = 500
#: By then, all that is bounded has reached its bound: kept events, known duplicates, open tool calls.
_SETTLED = 200_000
_EVENTS = 1_000_000


def cases() -> list[Case]:
    """Each kind of memory."""
    idle = [
        Case(
            name=f"memory/idle/{contender.name}",
            run=partial(_idle, contender=contender),
            contender=contender,
            quick=contender is not NODE,
        )
        for contender in (EVENTYARD, PYTHON_SOCKETIO, NODE)
    ]
    clients = [
        Case(
            name=f"memory/clients/{contender.name}",
            run=partial(_clients, contender=contender),
            contender=contender,
        )
        for contender in (EVENTYARD, PYTHON_SOCKETIO, NODE)
    ]
    million = Case(name="memory/million/eventyard", run=_million, contender=EVENTYARD, once=True)
    return [*idle, *clients, million]


async def _idle(bench: Bench, *, contender: Contender) -> Figures:
    async with bench.server(contender) as server:
        await asyncio.sleep(1.5)
        return {"rss_mb": _rss(server) / 1e6}


async def _clients(bench: Bench, *, contender: Contender) -> Figures:
    async with bench.server(contender, {"max_clients": _CLIENTS + 1}) as server:
        audience = Audience()
        # What the first client brings into memory is not what each further one costs.
        await audience.join(server.address, 1, contender.join("/tools"), contender.greeting)
        await asyncio.sleep(1)
        before = _rss(server)
        await audience.join(server.address, _CLIENTS, contender.join("/tools"), contender.greeting)
        await asyncio.sleep(2)
        after = _rss(server)
        failures = audience.failures()
        audience.close()
    if failures:
        raise Incorrect("; ".join(failures[:5]))
    return {"per_client_kb": (after - before) / _CLIENTS / 1e3, "rss_mb": after / 1e6, "clients": _CLIENTS}


async def _million(bench: Bench) -> Figures:
    async with bench.server(EVENTYARD) as server:
        channels = [await HttpChannel.open(server.address) for _ in range(4)]
        idle = _rss(server)
        sender = Sender(channels, ToolEvents(), batch=100)
        sizes = []
        for events in (_SETTLED, _EVENTS):
            sender.start(events)
            await sender.finished()
            sizes.append(_rss(server))
        for channel in channels:
            channel.close()
    if sender.problems:
        raise Incorrect("; ".join(sender.problems))
    return {
        "idle_mb": idle / 1e6,
        "settled_mb": sizes[0] / 1e6,
        "rss_mb": sizes[1] / 1e6,
        "growth_percent": 100 * (sizes[1] / sizes[0] - 1),
        "sent": sender.sent,
        "delivered": sender.accepted,
    }


def _rss(server: ServerProcess) -> int:
    size: int = server.process.memory_info().rss
    return size
