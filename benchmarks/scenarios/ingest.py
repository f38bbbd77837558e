"""Intake: how many events a second a server takes, while nobody listens.

``single`` is one event a request over 16 connections, ``batch`` an array of 100 a request over 4, ``publish`` a list of
100 on the Socket.IO namespace ``/ingest`` over 4 connections.
"""

import asyncio
from functools import partial

from benchmarks.case import Bench, Case, Incorrect, undisturbed
from benchmarks.contenders import EVENTYARD, INGEST_FLOOR, NULL, Contender
from benchmarks.load.channels import HttpChannel, IngestChannel
from benchmarks.load.events import ToolEvents
from benchmarks.load.http import stream_head
from benchmarks.load.sender import Channel, Sender
from benchmarks.load.websocket import Address
from benchmarks.measurement import Figures, Stopwatch

__all__ = ["cases"]

#: Events of a request, and connections.
_MODES = {"single": (1, 16), "batch": (100, 4), "publish": (100, 4)}


def cases() -> list[Case]:
    """Each way in at each server that has it."""
    return [
        Case(
            name=f"ingest/{mode}/{contender.name}",
            run=partial(_measure, contender=contender, mode=mode),
            contender=contender,
            quick=True,
        )
        for mode in _MODES
        for contender in (EVENTYARD, INGEST_FLOOR, NULL)
        if mode != "publish" or contender is EVENTYARD
    ]


async def _measure(bench: Bench, *, contender: Contender, mode: str) -> Figures:
    batch, connections = _MODES[mode]
    async with bench.server(contender) as server:
        channels = [await _channel(server.address, mode) for _ in range(connections)]
        sender = Sender(channels, ToolEvents(), batch=batch)
        with undisturbed():
            sender.start()
            await asyncio.sleep(bench.warm_up)
            watch = Stopwatch.start(server.process)
            before = sender.accepted
            await asyncio.sleep(bench.seconds)
            figures = watch.read(sender.accepted - before, "events")
            await sender.stop()
        problems = sender.problems
        if contender is EVENTYARD and (head := await stream_head(server.address, "tools")) != sender.sent:
            problems.append(f"{sender.sent} events were sent, the stream is at {head}")
        for channel in channels:
            channel.close()
    if problems:
        raise Incorrect("; ".join(problems))
    return {**figures, "sent": sender.sent, "delivered": sender.accepted}


async def _channel(address: Address, mode: str) -> Channel:
    if mode == "publish":
        return await IngestChannel.open(address)
    return await HttpChannel.open(address)
