"""Latency: how long after an event was due to be sent it is with the clients.

The load is the one that the design of Eventyard started from: 50 tool events, 10 status updates and 100 file operations
a second, each in a request of its own, at random moments (Poisson); and ten times that. 50 stock clients are in all
three namespaces.
"""

from collections.abc import Callable
from functools import partial

from benchmarks.case import Bench, Case, Incorrect, undisturbed
from benchmarks.contenders import CLAUDE_MPM, EVENTYARD, NODE, PYTHON_SOCKETIO, Contender
from benchmarks.load.audience import Audience
from benchmarks.load.events import file_event, status_event, tool_event
from benchmarks.load.http import post
from benchmarks.load.schedule import Schedule, poisson_times
from benchmarks.measurement import Figures, Stopwatch, percentile

__all__ = ["cases"]

_CLIENTS = 50
_NAMESPACES = ("/tools", "/files", "/system")
#: What is sent, and how often a second.
_RATES: dict[str, tuple[Callable[[int, int], bytes], int]] = {
    "tool": (tool_event, 50),
    "status": (status_event, 10),
    "file": (file_event, 100),
}


def cases() -> list[Case]:
    """The load once and ten times, at each server."""
    return [
        Case(
            name=f"latency/x{factor}/{contender.name}",
            run=partial(_measure, contender=contender, factor=factor),
            contender=contender,
            quick=contender is EVENTYARD,
        )
        for factor in (1, 10)
        for contender in (EVENTYARD, PYTHON_SOCKETIO, NODE, CLAUDE_MPM)
    ]


async def _measure(bench: Bench, *, contender: Contender, factor: int) -> Figures:
    seconds = bench.warm_up + max(2 * bench.seconds, 1.0)
    moments = sorted(
        (time, kind)
        for seed, (kind, (_, rate)) in enumerate(_RATES.items())
        for time in poisson_times(rate * factor, seconds, seed)
    )
    times = [time for time, _ in moments]
    turns = dict.fromkeys(_RATES, 0)
    requests = []
    for number, (_, kind) in enumerate(moments):
        event = _RATES[kind][0](number, turns[kind])
        requests.append(post(contender.path, event if contender.wrap is None else contender.wrap(event)))
        turns[kind] += 1
    async with bench.server(contender) as server:
        audience = Audience(keeps_times=True, unwrap=contender.unwrap)
        await audience.join(server.address, _CLIENTS, contender.join(*_NAMESPACES), contender.greeting)
        schedule = Schedule(times, requests)
        with undisturbed():
            watch = Stopwatch.start(server.process)
            await schedule.run(server.address)
            await audience.wait(len(times))
            figures = watch.read(audience.delivered, "deliveries")
        # Each goes out on whatever connection is free, so that nothing but the clients' common order can be asked for.
        problems = schedule.problems + audience.problems(range(len(times)))
        audience.close()
    if problems:
        raise Incorrect("; ".join(problems))
    counted = [number for number, time in enumerate(times) if time >= bench.warm_up]
    latencies = _latencies(audience, schedule, counted[0])
    by_kind = {
        f"{kind}_p95_ms": 1000 * percentile([late for number, late in latencies if moments[number][1] == kind], 95)
        for kind in _RATES
    }
    everything = sorted(1000 * late for _, late in latencies)
    return {
        "p50_ms": percentile(everything, 50),
        "p95_ms": percentile(everything, 95),
        "p99_ms": percentile(everything, 99),
        "max_ms": everything[-1],
        **by_kind,
        "answer_p95_ms": 1000 * percentile(schedule.answered[counted[0] :], 95),
        "load_late_p99_ms": 1000 * percentile(schedule.late[counted[0] :], 99),
        **figures,
        "sent": len(times),
        "delivered": audience.delivered,
    }


def _latencies(audience: Audience, schedule: Schedule, first: int) -> list[tuple[int, float]]:
    """The number of each event that each client got, and how long after it was due that was, in seconds."""
    return [
        (number, time - schedule.due[number])
        for listener in audience.listeners
        for number, time in zip(listener.arrivals.numbers, listener.arrival_times(), strict=True)
        if number >= first
    ]
