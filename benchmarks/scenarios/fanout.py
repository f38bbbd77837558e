"""Delivery: how many events a second reach all clients of one namespace, as fast as it goes.

Events come in over HTTP: ``stock`` and ``batch`` in arrays of 100, ``single`` one a request over 16 connections. The
clients of ``batch`` ask for several events in a message, the others are sent one event a message.
"""

import asyncio
from functools import partial

from benchmarks.case import Bench, Case, Incorrect, undisturbed
from benchmarks.contenders import CLAUDE_MPM, EVENTYARD, NODE, NULL, PYTHON_SOCKETIO, Contender
from benchmarks.load.audience import Audience
from benchmarks.load.channels import HttpChannel
from benchmarks.load.events import ToolEvents
from benchmarks.load.sender import Sender
from benchmarks.measurement import Figures, Stopwatch

__all__ = ["CLIENTS", "cases"]

CLIENTS = (1, 10, 50, 200, 1000)
#: Events of a request, and connections.
_MODES = {"stock": (100, 4), "batch": (100, 4), "single": (1, 16)}
#: Events that the slowest client may be behind.
_WINDOW = 1000


def cases() -> list[Case]:
    """Each mode with each number of clients at each server."""
    return [
        Case(
            name=f"fanout/{mode}/{clients}/{contender.name}",
            run=partial(_measure, contender=contender, mode=mode, clients=clients),
            contender=contender,
            quick=clients == 50,
        )
        for mode in _MODES
        for clients in CLIENTS
        for contender in (EVENTYARD, PYTHON_SOCKETIO, NODE, CLAUDE_MPM, NULL)
        if (contender.speaks_batches or mode != "batch") and (contender.takes_arrays or mode == "single")
    ]


async def _measure(bench: Bench, *, contender: Contender, mode: str, clients: int) -> Figures:
    batch, connections = _MODES[mode]
    # By default, a server lets 100 clients in.
    settings = {"max_clients": clients + 1} if clients > 100 else {}
    async with bench.server(contender, settings) as server:
        audience = Audience(unwrap=contender.unwrap)
        namespaces = contender.join("/tools", auth={"batch": True} if mode == "batch" else None)
        await audience.join(server.address, clients, namespaces, contender.greeting)
        channels = [await HttpChannel.open(server.address, contender.path, contender.wrap) for _ in range(connections)]
        sender = Sender(channels, ToolEvents(), batch=batch, window=_WINDOW, received=lambda: audience.slowest)
        with undisturbed():
            sender.start()
            await asyncio.sleep(bench.warm_up)
            watch = Stopwatch.start(server.process)
            before = audience.delivered
            await asyncio.sleep(bench.seconds)
            figures = watch.read(audience.delivered - before, "deliveries")
            await sender.stop()
            if not sender.problems:
                await audience.wait(sender.sent)
        problems = sender.problems + audience.problems(sender.senders)
        apart = audience.apart
        total = audience.delivered
        messages = audience.messages
        audience.close()
        for channel in channels:
            channel.close()
    if problems:
        raise Incorrect("; ".join(problems))
    return {
        "events_per_s": figures["deliveries_per_s"] / clients,
        **figures,
        "sent": sender.sent,
        "delivered": total,
        "messages_per_client": messages,
        "clients_apart": apart,
    }
