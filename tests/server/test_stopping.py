"""A server that is stopped: as a whole, whoever stops it, and however often."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from eventyard import AsyncServer, Event, EventyardError, Issue, Plugin, Server, Settings, hookimpl

MakeEvent = Callable[..., dict[str, Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]


class Closing(Plugin):
    """Does something when it is closed, and is closed when it may be."""

    def __init__(self, act: Callable[[], object] = lambda: None) -> None:
        self.act = act
        self.begun = threading.Event()
        self.may_end = threading.Event()

    @hookimpl
    @asynccontextmanager
    async def lifespan(self, server: AsyncServer) -> AsyncIterator[None]:
        yield
        self.begun.set()
        self.act()
        await asyncio.to_thread(self.may_end.wait, 10)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of servers that go on where the last one ended."""
    return Settings().with_changes(port=0, data_dir=str(tmp_path / "data"))


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as executor:
        yield executor


def closed_cleanly(settings: Settings) -> bool:
    """Whether the file of the journal says that the server has come to its end."""
    connection = sqlite3.connect(Path(settings.data_dir) / "journal.sqlite3")
    try:
        return connection.execute("SELECT value FROM meta WHERE key = 'clean'").fetchall() == [("1",)]
    finally:
        connection.close()


def test_threads_that_stop_a_server_together_all_wait_until_it_has_stopped(
    settings: Settings, threads: ThreadPoolExecutor
) -> None:
    server = Server(settings)

    def stop(_: int) -> bool:
        server.stop()
        return closed_cleanly(settings)

    assert list(threads.map(stop, range(8))) == [True] * 8
    # The data directory is free.
    Server(settings).stop()


def test_a_server_that_is_being_stopped_does_not_run_and_takes_no_events(
    settings: Settings, threads: ThreadPoolExecutor, make_event: MakeEvent
) -> None:
    plugin = Closing()
    server = Server(settings, {"closing": plugin})
    assert server.running
    stopping = threads.submit(server.stop)
    plugin.begun.wait()
    assert not server.running
    with pytest.raises(RuntimeError, match="the server has stopped"):
        server.publish(make_event())
    plugin.may_end.set()
    stopping.result()


def test_ctrl_c_while_a_server_is_stopped_leaves_nothing_half_way(settings: Settings) -> None:
    """It ends the waiting, and whoever stops the server again waits for the rest."""
    main = threading.main_thread().ident
    assert main is not None
    plugin = Closing(lambda: signal.pthread_kill(main, signal.SIGINT))
    server = Server(settings, {"closing": plugin})
    with pytest.raises(KeyboardInterrupt):
        server.stop()
    assert not closed_cleanly(settings)
    plugin.may_end.set()
    server.stop()
    assert closed_cleanly(settings)


def test_a_program_can_leave_the_stopping_to_its_very_end(settings: Settings, tmp_path: Path) -> None:
    """By then there are no executors any more."""
    program = f"""
import atexit
from eventyard import Server, Settings

server = Server(Settings().with_changes(port=0, data_dir={settings.data_dir!r}))
atexit.register(server.stop)
"""
    ended = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert closed_cleanly(settings)


def test_what_threads_publish_while_the_server_stops_is_kept_or_refused(
    settings: Settings, threads: ThreadPoolExecutor, make_event: MakeEvent
) -> None:
    server = Server(settings)
    some = threading.Barrier(5)

    def publish(number: int) -> tuple[list[dict[str, Any]], Exception]:
        accepted: list[dict[str, Any]] = []
        while True:
            event = make_event(id=f"{number}-{len(accepted)}")
            try:
                server.publish(event)
            except (RuntimeError, EventyardError) as error:
                return accepted, error
            accepted.append(event)
            if len(accepted) == 10:
                some.wait()

    publishing = [threads.submit(publish, number) for number in range(4)]
    some.wait()
    server.stop()
    results = [each.result() for each in publishing]
    assert {str(error) for _, error in results} == {"the server has stopped"}
    with Server(settings) as server:
        again = server.publish(*(event for accepted, _ in results for event in accepted))
    assert {outcome.status for outcome in again} == {"duplicate"}


class Hesitant(Plugin):
    """Looks at an event until it is told that it may go on."""

    applies_to = ("tool_start",)

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.may_go_on = asyncio.Event()

    @hookimpl
    async def validate(self, event: Event) -> list[Issue]:
        self.begun.set()
        await self.may_go_on.wait()
        return []


def test_a_publication_that_a_plugin_holds_up_is_refused_when_the_server_has_stopped(
    settings: Settings, threads: ThreadPoolExecutor, make_event: MakeEvent
) -> None:
    plugin = Hesitant()
    server = Server(settings, {"hesitant": plugin})
    publishing = threads.submit(server.publish, make_event())
    plugin.begun.wait()
    server.stop()
    with pytest.raises(RuntimeError, match="the server has stopped"):
        publishing.result()


async def test_what_a_plugin_held_up_until_the_journal_was_closed_is_not_kept(
    start_server: StartServer, make_event: MakeEvent
) -> None:
    plugin = Hesitant()
    server = await start_server({"hesitant": plugin})
    publishing = asyncio.ensure_future(server.publish(make_event()))
    await asyncio.to_thread(plugin.begun.wait)
    await server.stop()
    plugin.may_go_on.set()
    with pytest.raises(EventyardError, match="the journal is not open"):
        async with asyncio.timeout(5):
            await publishing


async def test_tasks_that_stop_a_server_together_all_wait_until_it_has_stopped(settings: Settings) -> None:
    server = AsyncServer(settings)
    await server.start()

    async def stop() -> bool:
        await server.stop()
        return closed_cleanly(settings)

    assert all(await asyncio.gather(stop(), stop(), stop()))


async def test_a_task_that_is_cancelled_while_it_stops_a_server_keeps_nobody_from_stopping_it(
    settings: Settings,
) -> None:
    plugin = Closing()
    server = AsyncServer(settings, {"closing": plugin})
    await server.start()
    stopping = [asyncio.ensure_future(server.stop()) for _ in range(2)]
    await asyncio.to_thread(plugin.begun.wait)
    stopping[0].cancel()
    plugin.may_end.set()
    await stopping[1]
    assert closed_cleanly(settings)
    with pytest.raises(asyncio.CancelledError):
        await stopping[0]


def test_a_program_that_ends_by_ctrl_c_while_it_stops_its_server_has_stopped_it(settings: Settings) -> None:
    """Its event loop cancels all that is left."""
    main = threading.main_thread().ident
    assert main is not None
    plugin = Closing(lambda: signal.pthread_kill(main, signal.SIGINT))
    plugin.may_end.set()

    async def run() -> None:
        async with AsyncServer(settings, {"closing": plugin}):
            pass

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(run())
    assert closed_cleanly(settings)


@pytest.mark.parametrize("durability", ["memory", "full"])
async def test_a_server_takes_no_events_before_its_start_and_behind_its_stop(
    settings: Settings, make_event: MakeEvent, durability: str
) -> None:
    server = AsyncServer(settings.with_changes(journal={"durability": durability}))
    async with asyncio.timeout(5):
        with pytest.raises(RuntimeError, match="the server was not started"):
            await server.publish(make_event())
        async with server:
            (outcome,) = await server.publish(make_event())
        with pytest.raises(RuntimeError, match="the server has stopped"):
            await server.publish(make_event())
    assert outcome.status == "accepted"


async def test_a_server_that_could_not_start_takes_no_events(
    settings: Settings, start_server: StartServer, make_event: MakeEvent
) -> None:
    await start_server(data_dir=settings.data_dir)
    server = AsyncServer(settings)
    with pytest.raises(EventyardError, match="another Eventyard server uses the data directory"):
        await server.start()
    with pytest.raises(RuntimeError, match="the server was not started"):
        await server.publish(make_event())


async def test_what_waits_to_be_committed_when_the_server_stops_is_committed_and_answered(
    settings: Settings, make_event: MakeEvent
) -> None:
    events = [make_event() for _ in range(500)]
    async with AsyncServer(settings) as server:
        publishing = [asyncio.ensure_future(server.publish(event)) for event in events]
        await asyncio.sleep(0)
    assert {outcome.status for (outcome,) in await asyncio.gather(*publishing)} == {"accepted"}
    async with AsyncServer(settings) as server:
        assert {outcome.status for outcome in await server.publish(*events)} == {"duplicate"}
