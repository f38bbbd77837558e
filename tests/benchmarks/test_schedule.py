"""Requests at fixed times."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web

from benchmarks.load.http import post
from benchmarks.load.schedule import Schedule, poisson_times
from benchmarks.load.websocket import Address

Handler = Callable[[web.Request], Awaitable[web.Response]]


@pytest.fixture
async def serve() -> AsyncIterator[Callable[[Handler], Awaitable[Address]]]:
    """Serve ``POST /`` with a handler."""
    runners = []

    async def start(handler: Handler) -> Address:
        application = web.Application()
        application.router.add_post("/", handler)
        runner = web.AppRunner(application)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return "127.0.0.1", runner.addresses[0][1]

    yield start
    for runner in runners:
        await runner.cleanup()


async def test_a_server_that_answers_late_is_sent_no_less(serve: Callable[[Handler], Awaitable[Address]]) -> None:
    """Here it answers nothing before all is there; whoever waits for answers would wait for ever."""
    came: list[bytes] = []
    all_there = asyncio.Event()

    async def handler(request: web.Request) -> web.Response:
        came.append(await request.read())
        if len(came) == 5:
            all_there.set()
        await all_there.wait()
        return web.Response(status=202)

    schedule = Schedule([0.01 * number for number in range(5)], [post("/", b"%d" % number) for number in range(5)])
    await schedule.run(await serve(handler))
    assert came == [b"0", b"1", b"2", b"3", b"4"]
    # The first had to wait until the last was sent, and that counts from when it was due.
    assert schedule.answered[0] >= schedule.due[4] - schedule.due[0]
    assert all(late >= 0 for late in schedule.late)


async def test_requests_that_find_no_free_connection_go_out_when_there_is_one(
    serve: Callable[[Handler], Awaitable[Address]],
) -> None:
    came: list[bytes] = []

    async def handler(request: web.Request) -> web.Response:
        came.append(await request.read())
        return web.Response(status=202)

    schedule = Schedule([0.0] * 20, [post("/", b"%d" % number) for number in range(20)])
    await schedule.run(await serve(handler), connections=1)
    assert came == [b"%d" % number for number in range(20)]
    assert list(schedule.answered) == sorted(schedule.answered)


async def test_what_is_refused_is_a_problem(serve: Callable[[Handler], Awaitable[Address]]) -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(status=503, text="full")

    schedule = Schedule([0.0], [post("/", b"")])
    await schedule.run(await serve(handler))
    assert schedule.problems == ["HTTP 503: full"]


def test_events_come_at_random_moments_that_are_the_same_in_each_run() -> None:
    times = poisson_times(1000, 10, seed=1)
    assert times == sorted(times) == poisson_times(1000, 10, seed=1) != poisson_times(1000, 10, seed=2)
    assert 0 < times[0] < times[-1] < 10
    assert 9_000 < len(times) < 11_000
