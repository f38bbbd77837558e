"""Clients that never read, or one byte a second, under load: bounded memory, and nothing for the others to notice."""

import asyncio
import time
from pathlib import Path
from statistics import quantiles

import pytest

from .census import Census, Watch, census_plugin
from .effort import Effort
from .figures import Figures
from .load import Load
from .raw_client import FastClient, SlowClient
from .serving import ServerProcess

MB = 1_000_000

#: Bytes that may wait for a client: those that make it a lagging one, and what is written before it is looked at again.
MAX_LAG = 1024 * 1024
CHUNK = 256 * 1024 + 50_000

#: What a busy server's memory moves by itself, in bytes.
SLACK = 50 * MB


def slow_clients(url: str) -> list[SlowClient]:
    """Ten that never read and ten that read one byte a second."""
    never = ["websocket"] * 6 + ["polling"] * 2 + ["idle"] * 2
    slowly = ["websocket"] * 7 + ["polling"] * 3
    return [SlowClient(url, transport, every=None) for transport in never] + [
        SlowClient(url, transport, every=1.0) for transport in slowly
    ]


@pytest.mark.timeout(400)
async def test_slow_clients_cost_a_bounded_amount_and_nobody_notices(
    tmp_path: Path, effort: Effort, figures: Figures
) -> None:
    subject = "10 clients that never read, 10 that read one byte a second"
    stall = 30 if effort.full else 1
    settings = {"delivery.max_lag_bytes": MAX_LAG, "delivery.stall_timeout": stall}
    server = ServerProcess(tmp_path / "data", settings, environment=census_plugin(tmp_path / "plugins"))
    try:
        await server.start()
        load = Load(server.url, effort.rate, 400 if effort.full else 20_000)
        fast = [FastClient(server.url, load.moment) for _ in range(3)]
        for client in fast:
            await client.start()
        await load.run(effort.seconds / 10)
        before = await Census.take(server)
        alone, together = Watch(server), Watch(server)
        first = len(fast[0].delays)
        async with alone.on():
            rate_alone = await load.run(effort.seconds)
        middle = len(fast[0].delays)
        slow = slow_clients(server.url)
        for each in slow:
            await each.start()
        async with together.on():
            rate_together = await load.run(effort.seconds)
        async with asyncio.timeout(30):
            while any(client.offsets[-1] < load.sent for client in fast):
                await asyncio.sleep(0.05)

        # Those that do not read are closed; what is left of them goes when they see it.
        begin = time.monotonic()
        async with asyncio.timeout(stall + 60):
            while len((await server.request("/connections"))[1]["connections"]) > len(fast):
                await asyncio.sleep(0.2)
        closing = time.monotonic() - begin
        for each in slow:
            await each.stop()
        async with asyncio.timeout(60):
            while not (after := await Census.take(server)).holds_no_more_than(before):
                await asyncio.sleep(0.5)
        memory = server.process.memory_info().rss
        for client in fast:
            await client.stop()
        assert await server.stop() == 0, server.said()
    finally:
        await server.kill()

    for client in fast:
        assert client.offsets == list(range(1, load.sent + 1))
        assert client.gaps == []
    figures.add(subject, "events", load.sent)
    figures.add(subject, "events a second without them", rate_alone)
    figures.add(subject, "events a second with them", rate_together)
    for name, part in {"without": slice(first, middle), "with": slice(middle, None)}.items():
        delays = [delay for client in fast for delay in client.delays[part]]
        figures.add(subject, f"p95 of the other clients {name} them", quantiles(delays, n=20)[18] * 1000, "ms")
    figures.add(subject, "memory without them, at most", alone.memory / MB, "MB")
    figures.add(subject, "memory with them, at most", together.memory / MB, "MB")
    figures.add(subject, "memory after them", memory / MB, "MB")
    figures.add(subject, "waited for one client, at most", together.waiting / MB, "MB")
    figures.add(subject, "tasks before and after them", f"{sum(before.tasks.values())}, {sum(after.tasks.values())}")
    figures.add(subject, "descriptors before and after them", f"{before.descriptors}, {after.descriptors}")
    figures.add(subject, "the last was closed behind the load after", closing, "s")
    assert together.waiting <= MAX_LAG + CHUNK
    assert together.memory <= alone.memory + len(slow) * (MAX_LAG + CHUNK) + SLACK
    assert memory <= alone.memory + SLACK
