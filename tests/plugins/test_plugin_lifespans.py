"""What plugins open when the server starts, and close when it stops."""

import asyncio
import selectors
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from eventyard import AsyncServer, Event, Plugin, Route, Settings, hookimpl
from eventyard.errors import PluginError

StartServer = Callable[..., Awaitable[AsyncServer]]
Install = Callable[..., None]

EVENT = {"type": "tool_start", "source": "/test", "data": {"tool": "Bash"}}


class Recording(Plugin):
    """Writes down what happens to it."""

    def __init__(self, name: str, story: list[str]) -> None:
        self.name = name
        self.story = story

    @hookimpl
    @asynccontextmanager
    async def lifespan(self, server: AsyncServer) -> AsyncIterator[None]:
        self.story.append(f"{self.name} opens")
        yield
        self.story.append(f"{self.name} closes")

    @hookimpl
    def emit(self, event: Event, route: Route) -> None:
        if event.type == "tool_start":
            self.story.append(f"{self.name} emits {event.id}")


def memory(**changes: Any) -> Settings:
    return Settings().with_changes(port=0, journal={"durability": "memory"}, **changes)


async def test_plugins_are_opened_in_order_and_closed_in_reverse_behind_all_other_hooks() -> None:
    """Whatever a hook needs is there whenever it is called."""
    story: list[str] = []
    server = AsyncServer(memory(), {"first": Recording("first", story), "second": Recording("second", story)})
    assert story == []
    async with server:
        assert story == ["second opens", "first opens"]
        await server.publish(EVENT | {"id": "e1"})
    assert story[2:] == ["second emits e1", "first emits e1", "first closes", "second closes"]


class Sourcing(Plugin):
    """A source that is not posted to, but looks for itself."""

    def __init__(self) -> None:
        self.outcomes: list[Any] = []

    @hookimpl
    @asynccontextmanager
    async def lifespan(self, server: AsyncServer) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            work = tasks.create_task(self.publish(server, "open"))
            # It has begun before the other plugins are open.
            await asyncio.sleep(0)
            yield
            await work
        await self.publish(server, "closing")

    async def publish(self, server: AsyncServer, name: str) -> None:
        self.outcomes += await server.publish(EVENT | {"id": name})


async def test_what_a_plugin_publishes_waits_until_all_plugins_are_open() -> None:
    """What it publishes while plugins close is kept, but the sinks have finished by then: it is counted."""
    story: list[str] = []
    sourcing = Sourcing()
    async with AsyncServer(memory(), {"sink": Recording("sink", story), "sourcing": sourcing}) as server:
        pass
    assert story == ["sink opens", "sink emits open", "sink closes"]
    assert server.metrics.value("eventyard_dropped_events_total", reason="sink_sink") == 1
    assert [(outcome.id, outcome.status, outcome.offset) for outcome in sourcing.outcomes] == [
        ("open", "accepted", 1),
        ("closing", "accepted", 2),
    ]


class Hasty(Plugin):
    @hookimpl
    @asynccontextmanager
    async def lifespan(self, server: AsyncServer) -> AsyncIterator[None]:
        await server.publish(EVENT)
        yield


async def test_a_plugin_that_would_wait_for_itself_is_told() -> None:
    with pytest.raises(PluginError, match="lifespan cannot publish before its yield"):
        await AsyncServer(memory(), {"hasty": Hasty()}).start()


class Failing(Plugin):
    """Fails where it is told to."""

    def __init__(self, where: str, error: BaseException) -> None:
        self.where = where
        self.error = error
        self.fail_now = asyncio.Event()

    @hookimpl
    @asynccontextmanager
    async def lifespan(self, server: AsyncServer) -> AsyncIterator[None]:
        if self.where == "opening":
            raise self.error
        async with asyncio.TaskGroup() as tasks:
            work = tasks.create_task(self.work())
            yield
            work.cancel()
        if self.where == "closing":
            raise self.error

    async def work(self) -> None:
        await self.fail_now.wait()
        raise self.error


async def test_a_plugin_object_that_cannot_be_opened_keeps_the_server_from_starting(tmp_path: Path) -> None:
    """What was opened before it is closed again: the same address and data directory can be had at once."""
    story: list[str] = []
    settings = Settings().with_changes(port=0, data_dir=str(tmp_path / "data"))
    failing = Failing("opening", OSError("no database"))
    with pytest.raises(PluginError, match=r"'failing' .* lifespan failed to open: OSError: no database"):
        await AsyncServer(settings, {"failing": failing, "first": Recording("first", story)}).start()
    assert story == ["first opens", "first closes"]
    async with AsyncServer(settings) as server:
        assert server.url


_CANNOT_OPEN = """
    from contextlib import asynccontextmanager
    from eventyard import Plugin, hookimpl

    class ThePlugin(Plugin):
        @hookimpl
        @asynccontextmanager
        async def lifespan(self, server):
            raise {error}
            yield

        @hookimpl
        def enrich(self, event):
            return {{"host": "never"}}
"""


@pytest.mark.parametrize("error", ["OSError('no database')", "SystemExit('no database')"])
async def test_an_installed_plugin_that_cannot_be_opened_is_quarantined(
    install: Install, start_server: StartServer, error: str
) -> None:
    """The server runs without it, and says so."""
    install("third-party", "third", _CANNOT_OPEN.format(error=error))
    server = await start_server()
    await server.publish(EVENT)
    async with aiohttp.ClientSession(server.url) as http:
        async with http.get("/health") as response:
            health = await response.json()
        async with http.get("/v1/streams/tools/events") as response:
            (event,) = (await response.json())["events"]
    assert health["status"] == "degraded"
    (plugin,) = [plugin for plugin in health["plugins"] if plugin["name"] == "third"]
    assert plugin["reason"] == f"lifespan failed to open: {error.partition('(')[0]}: no database"
    assert "host" not in event
    assert server.metrics.value("eventyard_hook_errors_total", plugin="third", hook="lifespan") == 1


async def test_a_required_plugin_that_cannot_be_opened_is_fatal(install: Install) -> None:
    install("third-party", "third", _CANNOT_OPEN.format(error="OSError('no database')"))
    with pytest.raises(PluginError, match=r"required plugin 'third' of third-party 1\.0 .* no database"):
        await AsyncServer(memory(plugins={"required": ["third"]})).start()


async def test_a_plugin_whose_background_work_fails_is_quarantined_and_told_on_errors(
    start_server: StartServer, connect: Callable[..., Awaitable[Any]]
) -> None:
    failing = Failing("running", ValueError("connection lost"))
    server = await start_server({"failing": failing})
    errors = await connect(server, "/errors")
    failing.fail_now.set()
    (error,) = await errors.wait("error")
    assert (error["data"]["kind"], error["data"]["hook"]) == ("plugin_quarantined", "lifespan")
    assert error["data"]["message"].endswith("quarantined: lifespan ended early: ValueError: connection lost")
    assert [plugin.name for plugin in server.plugins.quarantined] == ["failing"]


class Grouped(Plugin):
    """Opens by several tasks, which fail."""

    @hookimpl
    @asynccontextmanager
    async def lifespan(self, server: AsyncServer) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.fail(ValueError("the database has gone")))
            tasks.create_task(self.fail(ValueError("the database has gone")))
            tasks.create_task(self.fail(ExceptionGroup("others", [OSError("no disk"), KeyError()])))
        yield

    async def fail(self, error: Exception) -> None:
        raise error


async def test_a_group_of_errors_is_told_by_what_is_in_it() -> None:
    """The group itself only says that it is one."""
    reasons = "lifespan failed to open: ValueError: the database has gone; OSError: no disk; KeyError$"
    with pytest.raises(PluginError, match=reasons):
        await AsyncServer(memory(), {"grouped": Grouped()}).start()


async def test_a_plugin_that_fails_to_close_keeps_nobody_from_closing(caplog: pytest.LogCaptureFixture) -> None:
    story: list[str] = []
    failing = Failing("closing", ValueError("cannot say goodbye"))
    async with AsyncServer(memory(), {"first": Recording("first", story), "failing": failing}) as server:
        pass
    assert story == ["first opens", "first closes"]
    assert "failed in lifespan: ValueError: cannot say goodbye" in caplog.text
    assert server.metrics.value("eventyard_hook_errors_total", plugin="failing", hook="lifespan") == 1


class Stuck(Plugin):
    """Does not end where it is told to."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.cancelled = False

    @hookimpl
    @asynccontextmanager
    async def lifespan(self, server: AsyncServer) -> AsyncIterator[None]:
        if self.where == "opening":
            await self.wait()
        yield
        if self.where == "closing":
            await self.wait()

    async def wait(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            self.cancelled = True


class ShortWait(selectors.DefaultSelector):
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(timeout and timeout / 100)


class FastClock(asyncio.SelectorEventLoop):
    """A loop whose clock runs a hundred times as fast, so that nobody waits for a time limit."""

    def __init__(self) -> None:
        super().__init__(ShortWait())

    def time(self) -> float:
        return super().time() * 100


def test_a_plugin_that_does_not_open_in_time_is_cancelled() -> None:
    stuck = Stuck("opening")

    async def start() -> None:
        await AsyncServer(memory(), {"stuck": stuck}).start()

    with (
        asyncio.Runner(loop_factory=FastClock) as runner,
        pytest.raises(PluginError, match="TimeoutError: it was not open within 10 seconds"),
    ):
        runner.run(start())
    assert stuck.cancelled


def test_a_plugin_that_does_not_close_in_time_is_cancelled(caplog: pytest.LogCaptureFixture) -> None:
    stuck, story = Stuck("closing"), list[str]()

    async def run() -> None:
        async with AsyncServer(memory(), {"first": Recording("first", story), "stuck": stuck}):
            pass

    with asyncio.Runner(loop_factory=FastClock) as runner:
        runner.run(run())
    assert stuck.cancelled
    assert "it was not closed within 5 seconds" in caplog.text
    assert story == ["first opens", "first closes"]


class Nothing(Plugin):
    @hookimpl
    def lifespan(self, server: AsyncServer) -> None:
        return None


async def test_a_plugin_may_have_nothing_to_open(start_server: StartServer) -> None:
    assert (await start_server({"nothing": Nothing()})).plugins.quarantined == []


class Bare(Plugin):
    @hookimpl
    async def lifespan(self, server: AsyncServer) -> AsyncIterator[None]:  # type: ignore[override]  # under test
        yield


class Plain(Plugin):
    @hookimpl
    def lifespan(self, server: AsyncServer) -> Generator[None]:  # type: ignore[override]  # under test
        yield


@pytest.mark.parametrize(
    ("plugin", "told"),
    [
        (Bare, "lifespan is a generator, but must give a context manager: put @asynccontextmanager under @hookimpl"),
        (Plain, "lifespan is a generator, but must give a context manager"),
    ],
)
async def test_a_lifespan_that_is_no_context_manager_is_told_what_it_should_be(plugin: type[Plugin], told: str) -> None:
    with pytest.raises(PluginError, match=told):
        await AsyncServer(memory(), {"wrong": plugin()}).start()


class Argumentless(Plugin):
    """Written for nothing but its effect, as pluggy lets it be."""

    opened = False

    @hookimpl
    @asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:  # type: ignore[override]  # mypy is stricter than pluggy
        self.opened = True
        yield


async def test_a_plugin_that_does_not_need_the_server_may_leave_the_argument_out(start_server: StartServer) -> None:
    plugin = Argumentless()
    await start_server({"plugin": plugin})
    assert plugin.opened
