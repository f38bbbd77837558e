"""What plugins do to events, and what a failing plugin costs."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, ClassVar

import aiohttp
import pytest
from eventyard import (
    AsyncServer,
    BufferPolicy,
    Event,
    EventType,
    Issue,
    Namespace,
    Plugin,
    Route,
    hookimpl,
)

MakeEvent = Callable[..., dict[str, Any]]
Connect = Callable[..., Awaitable[Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]


async def kept(server: AsyncServer, stream: str) -> list[dict[str, Any]]:
    async with aiohttp.ClientSession(server.url) as http, http.get(f"/v1/streams/{stream}/events") as response:
        events: list[dict[str, Any]] = (await response.json())["events"]
        return events


class Enriching(Plugin):
    @hookimpl
    def enrich(self, event: Event) -> Mapping[str, Any]:
        return {"host": "here", "session": "mine", "data": {"tool": "mine", "added": True}}


async def test_enrich_adds_and_never_changes_what_the_sender_said(
    start_server: StartServer, make_event: MakeEvent
) -> None:
    server = await start_server({"enriching": Enriching()})
    await server.publish(make_event(session="theirs"))
    (event,) = await kept(server, "tools")
    assert (event["session"], event["host"]) == ("theirs", "here")
    assert (event["data"]["tool"], event["data"]["added"]) == ("Bash", True)


class AsyncEnriching(Plugin):
    @hookimpl
    async def enrich(self, event: Event) -> Mapping[str, Any]:
        await asyncio.sleep(0)
        return {"project": "slow"}


async def test_a_coroutine_may_enrich(start_server: StartServer, make_event: MakeEvent) -> None:
    server = await start_server({"slow": AsyncEnriching()})
    await server.publish(make_event())
    (event,) = await kept(server, "tools")
    assert event["project"] == "slow"


class Breaking(Plugin):
    @hookimpl
    def enrich(self, event: Event) -> Mapping[str, Any]:
        return {"data": {"description": 5}}


async def test_an_addition_that_breaks_the_schema_is_dropped_and_told(
    start_server: StartServer, connect: Connect, make_event: MakeEvent
) -> None:
    """Readers rely on the schema, whatever plugins do."""
    server = await start_server({"breaking": Breaking()})
    errors = await connect(server, "/errors")
    await server.publish(make_event())
    (event,) = await kept(server, "tools")
    assert "description" not in event["data"]
    (error,) = await errors.wait("error")
    assert (error["data"]["kind"], error["data"]["hook"]) == ("plugin_failed", "enrich")


class Raising(Plugin):
    applies_to = ("tool_start",)

    def __init__(self, error: BaseException) -> None:
        self.error = error

    @hookimpl
    def enrich(self, event: Event) -> None:
        raise self.error


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(1), RecursionError()], ids=type)
async def test_a_raising_hook_costs_its_own_contribution_only(
    start_server: StartServer, connect: Connect, make_event: MakeEvent, error: BaseException
) -> None:
    """The event goes on with what the others add; the failure is counted and told."""
    server = await start_server({"enriching": Enriching(), "raising": Raising(error)})
    errors = await connect(server, "/errors")
    (outcome,) = await server.publish(make_event())
    assert outcome.status == "accepted"
    (event,) = await kept(server, "tools")
    assert event["host"] == "here"
    (told,) = await errors.wait("error")
    assert "raising" in told["data"]["message"]
    assert server.metrics.value("eventyard_hook_errors_total", plugin="raising", hook="enrich") == 1


async def test_a_plugin_that_keeps_raising_is_quarantined_and_health_is_degraded(
    start_server: StartServer, connect: Connect, make_event: MakeEvent
) -> None:
    server = await start_server({"raising": Raising(ValueError("no"))}, plugins={"max_failures": 3})
    errors = await connect(server, "/errors")
    await server.publish(*(make_event() for _ in range(10)))
    told = await errors.wait("error", 3)
    assert [event["data"]["kind"] for event in told] == ["plugin_failed", "plugin_failed", "plugin_quarantined"]
    assert server.metrics.value("eventyard_hook_errors_total", plugin="raising", hook="enrich") == 3
    async with aiohttp.ClientSession(server.url) as http, http.get("/health") as response:
        health = await response.json()
    assert health["status"] == "degraded"
    (plugin,) = [plugin for plugin in health["plugins"] if plugin["name"] == "raising"]
    assert plugin["status"] == "quarantined"
    assert "enrich failed 3 times in a row, last with ValueError: no" in plugin["reason"]


class Sometimes(Plugin):
    applies_to = ("tool_start",)
    calls = 0

    @hookimpl
    def enrich(self, event: Event) -> None:
        self.calls += 1
        if self.calls % 3:
            raise ValueError


async def test_a_plugin_that_succeeds_now_and_then_is_not_quarantined(
    start_server: StartServer, make_event: MakeEvent
) -> None:
    server = await start_server({"sometimes": Sometimes()}, plugins={"max_failures": 3})
    await server.publish(*(make_event() for _ in range(30)))
    assert server.metrics.value("eventyard_hook_errors_total", plugin="sometimes", hook="enrich") == 20
    assert server.plugins.quarantined == []


class Strict(Plugin):
    @hookimpl
    def validate(self, event: Event) -> Iterable[Issue]:
        if event.data.get("tool") == "Bash":
            yield Issue("no_shell", "/data/tool", "shell commands are not wanted here")


async def test_validate_refuses_and_its_owner_is_named(start_server: StartServer, make_event: MakeEvent) -> None:
    server = await start_server({"strict": Strict(), "strict2": Strict()})
    (outcome,) = await server.publish(make_event())
    assert outcome.status == "rejected"
    assert [(issue.keyword, issue.owner) for issue in outcome.issues] == [("no_shell", "embedded 0")] * 2


class Rerouting(Plugin):
    applies_to = ("tool_start",)

    @hookimpl
    def route(self, event: Event) -> Route | None:
        return Route("/errors") if event.subject == "Bash" else Route("/nowhere")

    @hookimpl
    def buffer(self, event: Event, route: Route) -> BufferPolicy | None:
        return BufferPolicy.always_send() if event.host else None


async def test_route_and_buffer_decide_and_see_what_enrich_added(
    start_server: StartServer, make_event: MakeEvent
) -> None:
    """``subject`` and ``host`` come from other plugins' enrich."""
    server = await start_server({"rerouting": Rerouting()})
    (routed,) = await server.publish(make_event())
    assert (routed.stream, routed.offset) == ("errors", 1)
    (astray,) = await server.publish(make_event(data={"tool": "Read"}))
    assert astray.stream == "tools"
    server.plugins.register("enriching", Enriching())
    (sent,) = await server.publish(make_event())
    assert (sent.stream, sent.offset) == ("errors", None)


class Sink(Plugin):
    applies_to = "*"

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self.gate = asyncio.Event()

    @hookimpl
    async def emit(self, event: Event, route: Route) -> None:
        await self.gate.wait()
        self.seen.append((event["sequence"], route.namespace))


async def test_emit_gets_committed_events_in_order_and_delays_nobody(
    start_server: StartServer, connect: Connect, make_event: MakeEvent
) -> None:
    sink = Sink()
    server = await start_server({"sink": sink})
    client = await connect(server, "/tools")
    await server.publish(make_event(), make_event())
    await client.wait("tool_start", 2)
    assert sink.seen == []
    sink.gate.set()
    async with asyncio.timeout(5):
        while len([each for each in sink.seen if each[1] == "/tools"]) < 2:
            await asyncio.sleep(0)
    assert [each for each in sink.seen if each[1] == "/tools"] == [
        ("00000000000000000001", "/tools"),
        ("00000000000000000002", "/tools"),
    ]


class Choosy(Plugin):
    """Wants what its user says."""

    config_schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "properties": {"types": {"type": "array", "items": {"type": "string"}}},
    }

    def __init__(self) -> None:
        self.seen: list[str] = []

    def configure(self, table: Mapping[str, Any]) -> None:
        self.applies_to = tuple(table["types"])

    @hookimpl
    def enrich(self, event: Event) -> None:
        self.seen.append(event.type)


async def test_the_settings_may_say_which_types_a_plugin_is_called_for(
    start_server: StartServer, make_event: MakeEvent
) -> None:
    plugin = Choosy()
    server = await start_server({"choosy": plugin}, plugin={"choosy": {"types": ["tool_stop"]}})
    await server.publish(make_event("tool_start"), make_event("tool_stop"))
    assert plugin.seen == ["tool_stop"]


class RoomNamespace(Namespace):
    name = "/teams"

    async def on_watch(self, sid: str, team: str) -> str:
        await self.enter_room(sid, team)
        return "watching"

    async def on_break(self, sid: str, _: Any) -> None:
        raise ValueError

    def apply(self, event: Event) -> None:
        if event.data.get("poison"):
            raise ValueError("poisoned")

    def snapshot(self) -> dict[str, Any]:
        return {"fine": True}


class Teams(Plugin):
    @hookimpl
    def event_types(self) -> Iterable[EventType]:
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": "urn:eventyard:team_note/1.0.0",
            "title": "A note to a team",
            "type": "object",
            "properties": {"team": {"type": "string", "maxLength": 64}},
        }
        yield EventType(name="team_note", schema=schema, namespace="/teams", policy=BufferPolicy.buffer_if_no_clients())

    @hookimpl
    def namespaces(self) -> Iterable[type[Namespace]]:
        return [RoomNamespace]

    @hookimpl
    def route(self, event: Event) -> Route:
        team = event.data.get("team")
        return Route("/teams", frozenset({team} if team else ()))


async def test_rooms_limit_who_sees_an_event(start_server: StartServer, connect: Connect) -> None:
    server = await start_server({"teams": Teams()})
    red, blue = await connect(server, "/teams"), await connect(server, "/teams")
    assert await red.call("watch", "red") == "watching"
    for team in ("red", "blue", None):
        data = {"team": team} if team else {}
        await server.publish(Event.create("team_note", source="/test", data=data))
    assert [event["data"].get("team") for event in await red.wait("team_note", 2)] == ["red", None]
    assert [event["data"].get("team") for event in await blue.wait("team_note", 1)] == [None]


async def test_a_handler_that_fails_harms_neither_client_nor_event(start_server: StartServer, connect: Connect) -> None:
    server = await start_server({"teams": Teams()})
    client = await connect(server, "/teams")
    assert await client.call("break", "it") == {"ok": False, "error": "/teams failed to handle break"}
    await server.publish(Event.create("team_note", source="/test", data={"poison": True}))
    await client.wait("team_note")
    assert server.metrics.value("eventyard_hook_errors_total", plugin="teams", hook="apply") == 1
    assert server.metrics.value("eventyard_hook_errors_total", plugin="teams", hook="on_break") == 1


class Stateful(Namespace):
    name = "/teams"

    def snapshot(self) -> Any:
        return [("fine", True)]


async def test_a_snapshot_that_is_no_mapping_is_a_failure_that_says_what_was_expected(
    start_server: StartServer, connect: Connect
) -> None:
    """A list of pairs would pass for one."""

    class Keeping(Plugin):
        @hookimpl
        def namespaces(self) -> Iterable[type[Namespace]]:
            return [Stateful]

    server = await start_server({"keeping": Keeping()})
    errors = await connect(server, "/errors")
    client = await connect(server, "/teams")
    assert client.named("ready")[0]["snapshot"] == {}
    (error,) = await errors.wait("error")
    assert "snapshot gave list, expected a dict" in error["data"]["message"]
