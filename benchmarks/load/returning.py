"""Clients that come back at once and have missed much; a program of its own.

The clients that are live meanwhile are read by the load generator: in one process, their events would wait for those of
the returning ones, and the server would be blamed for it. It says ``prepared``, waits for a line, and prints as JSON
how long it took and what was wrong.
"""

import asyncio
import json
import sys
from time import perf_counter
from typing import Any

import uvloop

from benchmarks.load.audience import Audience
from benchmarks.load.websocket import Address

__all__ = ["come_back"]


async def come_back(address: Address, clients: int, cursor: dict[str, Any], missed: int) -> dict[str, Any]:
    """Have ``clients`` resume at ``cursor``, behind which they missed the events from 0 to ``missed``."""
    audience = Audience(keeps_times=True)
    begin = perf_counter()
    await audience.join(address, clients, {"/tools": {"resume": cursor}}, "ready", at_once=True)
    await audience.wait(missed)
    problems = audience.failures()
    last = begin
    for index, listener in enumerate(audience.listeners):
        problems += listener.arrivals.problems
        if listener.count < missed or listener.arrivals.numbers[:missed] != list(range(missed)):
            problems.append(f"returning client {index} did not get each of {missed} events once and in order")
        else:
            last = max(last, listener.arrival_times()[missed - 1])
    audience.close()
    return {"seconds": last - begin, "apart": audience.apart, "problems": problems[:10]}


def main() -> None:
    """``python -m benchmarks.load.returning PORT CLIENTS EPOCH MISSED``."""
    port, clients, epoch, missed = sys.argv[1:]
    print("prepared", flush=True)
    sys.stdin.readline()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        cursor = {"epoch": epoch, "offset": 0}
        print(json.dumps(loop.run(come_back(("127.0.0.1", int(port)), int(clients), cursor, int(missed)))))


if __name__ == "__main__":
    main()
