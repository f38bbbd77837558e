"""Resume: 50 clients come back at once, each has missed 10 000 events; others are live meanwhile.

The live clients are sent 160 tool events a second. Their latency while the others come back is held against their
latency before.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.case import Bench, Case, Incorrect, undisturbed
from benchmarks.contenders import EVENTYARD
from benchmarks.load.audience import Audience
from benchmarks.load.channels import HttpChannel
from benchmarks.load.events import ToolEvents, tool_event
from benchmarks.load.http import post, streams
from benchmarks.load.schedule import Schedule, poisson_times
from benchmarks.load.sender import Sender
from benchmarks.load.websocket import Address
from benchmarks.measurement import Figures, Stopwatch, percentile

__all__ = ["cases"]

_RETURNING = 50
_MISSED = 10_000
_LIVE = 10
_RATE = 160.0
_ROOT = Path(__file__).parents[2]


def cases() -> list[Case]:
    """The one case."""
    return [Case(name="resume/50x10000/eventyard", run=_measure, contender=EVENTYARD, quick=True)]


async def _measure(bench: Bench) -> Figures:
    # By default, a thousand events are kept of each type.
    async with bench.server(EVENTYARD, {"max_buffer_size": _MISSED}) as server:
        events = ToolEvents()
        sender = await _fill(server.address, events)
        answer = await streams(server.address)
        live = Audience(keeps_times=True)
        await live.join(server.address, _LIVE, {"/tools": {"resume": "latest"}}, "ready")
        before = bench.warm_up + max(bench.seconds, 1.0)
        # They are back long before that, or the target is missed.
        times = poisson_times(_RATE, before + max(2 * bench.seconds, 3.0), seed=1)
        numbers = range(_MISSED, _MISSED + len(times))
        schedule = Schedule(times, [post("/v1/events", tool_event(number, number)) for number in numbers])
        returning = await _prepare(server.address, answer["epoch"])
        with undisturbed():
            running = asyncio.create_task(schedule.run(server.address))
            await asyncio.sleep(before)
            watch = Stopwatch.start(server.process)
            begin = schedule.begin + before
            outcome = await _come_back(returning)
            figures = watch.read(_RETURNING * _MISSED, "deliveries")
            await running
            await live.wait(len(times))
        senders = range(len(times))
        problems = sender.problems + schedule.problems + live.problems(senders, first=_MISSED) + outcome["problems"]
        live.close()
    if problems:
        raise Incorrect("; ".join(problems))
    end = begin + outcome["seconds"]
    latencies = [
        (schedule.due[number - _MISSED], 1000 * (time - schedule.due[number - _MISSED]))
        for listener in live.listeners
        for number, time in zip(listener.arrivals.numbers, listener.arrival_times(), strict=True)
    ]
    calm = [late for due, late in latencies if schedule.begin + bench.warm_up <= due < begin]
    busy = [late for due, late in latencies if begin <= due < end]
    return {
        "resume_s": outcome["seconds"],
        "live_p95_before_ms": percentile(calm, 95),
        "live_p95_meanwhile_ms": percentile(busy, 95),
        "live_p95_growth": percentile(busy, 95) / percentile(calm, 95),
        "live_max_meanwhile_ms": max(busy),
        **figures,
        "sent": _MISSED + len(times),
        "delivered": _RETURNING * _MISSED + live.delivered,
        "clients_apart": outcome["apart"],
    }


async def _fill(address: Address, events: ToolEvents) -> Sender:
    """Send what will be missed, over one connection: it is then in the order of the numbers."""
    channel = await HttpChannel.open(address)
    sender = Sender([channel], events, batch=100)
    sender.start(_MISSED)
    await sender.finished()
    channel.close()
    return sender


async def _prepare(address: Address, epoch: str) -> asyncio.subprocess.Process:
    """Start the program of the returning clients, on this process's core."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "benchmarks.load.returning", str(address[1]), str(_RETURNING), epoch, str(_MISSED)),
        cwd=_ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    await process.stdout.readline()
    return process


async def _come_back(returning: asyncio.subprocess.Process) -> dict[str, Any]:
    output, _ = await returning.communicate(b"go\n")
    if returning.returncode:
        message = f"the program of the returning clients ended with {returning.returncode}"
        raise Incorrect(message)
    outcome: dict[str, Any] = json.loads(output)
    return outcome
