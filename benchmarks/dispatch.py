"""What a tool event costs with more and more plugins installed; a program of its own, on the server's core.

``python -m benchmarks.dispatch own|all`` prints JSON: microseconds for an event by the number of plugins. All servers
are measured in turn, many times, and the least counts: whatever disturbs the machine only adds.
"""

import asyncio
import json
import sys
import time
from contextlib import AsyncExitStack
from typing import Any

import orjson
from eventyard import AsyncServer, Settings

from benchmarks.load.events import ToolEvents
from benchmarks.plugins import plugin_source

__all__ = ["measure"]

_COUNTS = (1, 20, 100)
_EVENTS = 500
_ROUNDS = 30


def plugins(count: int, *, owning: bool) -> dict[str, object]:
    """``count`` plugin objects by name."""
    made: dict[str, object] = {}
    for number in range(count):
        module: dict[str, Any] = {}
        exec(plugin_source(number, owning=owning), module)
        made[f"bench_plugin_{number}"] = module["It"]()
    return made


async def measure(*, owning: bool, rounds: int = _ROUNDS, events_a_round: int = _EVENTS) -> dict[int, float]:
    """Microseconds for an event, by the number of plugins besides the bundled ones."""
    least = dict.fromkeys(_COUNTS, float("inf"))
    async with AsyncExitStack() as stack:
        servers = {}
        for count in _COUNTS:
            settings = Settings().with_changes(port=0, **{"journal.durability": "memory"})
            servers[count] = await stack.enter_async_context(AsyncServer(settings, plugins(count, owning=owning)))
        events = ToolEvents()
        for _ in range(rounds):
            for count, server in servers.items():
                values = [orjson.loads(event) for event in events.take(events_a_round)]
                begin = time.process_time()
                await server.publish(*values)
                spent = time.process_time() - begin
                least[count] = min(least[count], 1e6 * spent / events_a_round)
    return least


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(owning=sys.argv[1] == "own"))))
