"""What a plugin waits for may be cancelled: that costs its contribution, and nobody else."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from eventyard import AsyncServer, Event, Issue, Namespace, Plugin, Route, hookimpl
from eventyard.errors import PluginError

StartServer = Callable[..., Awaitable[AsyncServer]]
Connect = Callable[..., Awaitable[Any]]

EVENT = {"type": "tool_start", "source": "/test", "data": {"tool": "Bash"}}


async def cancelled() -> None:
    """Wait for work that is cancelled meanwhile."""
    work = asyncio.ensure_future(asyncio.sleep(60))
    work.cancel()
    await work


async def post(server: AsyncServer, path: str, body: Any) -> int:
    async with asyncio.timeout(5), aiohttp.ClientSession(server.url) as http, http.post(path, json=body) as response:
        return response.status


def failures(server: AsyncServer, plugin: str, hook: str) -> float:
    counted = server.metrics.value("eventyard_hook_errors_total", plugin=plugin, hook=hook)
    return counted or 0


class Waiting(Plugin):
    """Waits for what is cancelled."""

    applies_to = ("tool_start",)

    def __init__(self, hook: str) -> None:
        self.hook = hook

    async def wait(self, hook: str) -> None:
        if hook == self.hook:
            await cancelled()

    @hookimpl
    async def validate(self, event: Event) -> Iterable[Issue] | None:
        await self.wait("validate")
        return None

    @hookimpl
    async def enrich(self, event: Event) -> Mapping[str, Any] | None:
        await self.wait("enrich")
        return None

    @hookimpl
    async def emit(self, event: Event, route: Route) -> None:
        await self.wait("emit")


class Raising(Plugin):
    """Raises the error itself, in plain functions."""

    applies_to = ("tool_start",)

    def __init__(self, hook: str) -> None:
        self.hook = hook

    def fail(self, hook: str) -> None:
        if hook == self.hook:
            raise asyncio.CancelledError

    @hookimpl
    def decode(self, source: str, body: Any, headers: Mapping[str, str]) -> list[Event] | None:
        if source != "test":
            return None
        self.fail("decode")
        return []

    @hookimpl
    def validate(self, event: Event) -> None:
        self.fail("validate")

    @hookimpl
    def enrich(self, event: Event) -> None:
        self.fail("enrich")

    @hookimpl
    def route(self, event: Event) -> None:
        self.fail("route")


@pytest.mark.parametrize(
    ("plugin", "hook"),
    [(kind, hook) for kind in (Waiting, Raising) for hook in ("validate", "enrich")] + [(Raising, "route")],
)
async def test_a_sender_is_answered_when_a_hook_ends_with_what_was_cancelled(
    start_server: StartServer, connect: Connect, plugin: Callable[[str], Plugin], hook: str
) -> None:
    """As with any other exception: the event goes on, and the failure is counted and told."""
    server = await start_server({"plugin": plugin(hook)})
    errors = await connect(server, "/errors")
    assert await post(server, "/v1/events", EVENT) == 202
    assert failures(server, "plugin", hook) == 1
    (told,) = await errors.wait("error")
    assert (told["data"]["kind"], told["data"]["hook"]) == ("plugin_failed", hook)


async def test_a_body_becomes_a_dead_letter_when_its_decoder_ends_with_what_was_cancelled(
    start_server: StartServer,
) -> None:
    server = await start_server({"plugin": Raising("decode")})
    assert await post(server, "/v1/hooks/test", {}) == 204
    assert failures(server, "plugin", "decode") == 1
    async with aiohttp.ClientSession(server.url) as http, http.get("/v1/dead-letters") as response:
        assert (await response.json())["total"] == 1


async def test_a_sink_goes_on_with_the_next_event_when_it_waited_for_what_was_cancelled(
    start_server: StartServer, connect: Connect
) -> None:
    server = await start_server({"plugin": Waiting("emit")})
    errors = await connect(server, "/errors")
    await server.publish(EVENT, EVENT, EVENT)
    told = await errors.wait("error", 3)
    assert [each["data"]["hook"] for each in told] == ["emit"] * 3
    assert failures(server, "plugin", "emit") == 3


class Ending(Plugin):
    """Has the task that calls it cancelled while it waits."""

    applies_to = ("tool_start",)

    @hookimpl
    async def enrich(self, event: Event) -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(0)


async def test_a_sender_is_answered_even_when_the_task_of_its_event_is_cancelled(start_server: StartServer) -> None:
    server = await start_server({"ending": Ending()})
    assert await post(server, "/v1/events", EVENT) == 500


class Lasting(Plugin):
    applies_to = ("tool_start",)

    def __init__(self) -> None:
        self.begun = asyncio.Event()

    @hookimpl
    async def enrich(self, event: Event) -> None:
        self.begun.set()
        await asyncio.sleep(60)


async def test_who_is_cancelled_while_a_hook_holds_it_up_ends_and_the_plugin_has_not_failed(
    start_server: StartServer,
) -> None:
    lasting = Lasting()
    server = await start_server({"lasting": lasting})
    publishing = asyncio.create_task(server.publish(EVENT))
    await lasting.begun.wait()
    publishing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await publishing
    assert failures(server, "lasting", "enrich") == 0


class Board(Namespace):
    name = "/board"

    async def on_wait(self, sid: str, data: Any) -> str:
        await cancelled()
        return "never"

    def on_raise(self, sid: str, data: Any) -> None:
        raise asyncio.CancelledError

    def snapshot(self) -> dict[str, Any]:
        raise asyncio.CancelledError


class Boards(Plugin):
    @hookimpl
    def namespaces(self) -> Iterable[type[Namespace]]:
        return [Board]


@pytest.mark.parametrize("name", ["wait", "raise"])
async def test_a_client_is_answered_when_its_event_ends_with_what_was_cancelled(
    start_server: StartServer, connect: Connect, name: str
) -> None:
    server = await start_server({"boards": Boards()})
    client = await connect(server, "/board")
    assert await client.call(name, 1) == {"ok": False, "error": f"/board failed to handle {name}"}
    assert failures(server, "boards", f"on_{name}") == 1
    assert (await client.call("get_state"))["snapshot"] == {}


class Open(Plugin):
    """Has its own task cancelled while it is open."""

    def __init__(self) -> None:
        self.task: asyncio.Task[Any] | None = None

    @hookimpl
    @asynccontextmanager
    async def lifespan(self, server: AsyncServer) -> AsyncIterator[None]:
        self.task = asyncio.current_task()
        yield


async def test_a_plugin_whose_lifespan_is_cancelled_while_it_is_open_is_quarantined(
    start_server: StartServer, connect: Connect
) -> None:
    plugin = Open()
    server = await start_server({"open": plugin})
    errors = await connect(server, "/errors")
    assert plugin.task is not None
    plugin.task.cancel()
    (told,) = await errors.wait("error")
    assert (told["data"]["kind"], told["data"]["hook"]) == ("plugin_quarantined", "lifespan")
    assert "lifespan ended early: CancelledError" in told["data"]["message"]
    assert [each.name for each in server.plugins.quarantined] == ["open"]


class Opening(Plugin):
    @hookimpl
    @asynccontextmanager
    async def lifespan(self, server: AsyncServer) -> AsyncIterator[None]:
        await cancelled()
        yield


async def test_a_plugin_that_waits_for_what_was_cancelled_while_it_opens_is_told_as_that(
    start_server: StartServer,
) -> None:
    with pytest.raises(PluginError, match="lifespan failed to open: CancelledError"):
        await start_server({"opening": Opening()})
