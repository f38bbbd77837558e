"""What a plugin's route costs that is none: the plugin's word, and no client an event."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from eventyard import AsyncServer, Event, Plugin, Route, hookimpl

MakeEvent = Callable[..., dict[str, Any]]
Connect = Callable[..., Awaitable[Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]


class Sorting(Plugin):
    """Routes the calls of Read by ``route``."""

    applies_to = ("tool_start",)

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make

    @hookimpl
    def route(self, event: Event) -> Route | None:
        route: Route | None = self.make() if event.data["tool"] == "Read" else None
        return route


def damaged() -> Route:
    """A route that is not what its type promises."""
    route = Route("/tools")
    object.__setattr__(route, "rooms", ["vip"])
    return route


def spans(client: Any) -> list[tuple[int, int]]:
    return [(batch["previous"], batch["offset"]) for batch in client.named("events")]


async def test_rooms_may_be_any_collection_of_texts(
    start_server: StartServer, connect: Connect, make_event: MakeEvent
) -> None:
    """Who is in no room gets what lies before and behind, without a gap."""
    server = await start_server({"sorting": Sorting(lambda: Route("/tools", ["vip"]))})  # type: ignore[arg-type]
    client = await connect(server, "/tools", auth={"batch": True})
    await server.publish(*(make_event(data={"tool": tool}) for tool in ("Bash", "Read", "Bash")))
    await server.publish(make_event())
    await client.wait("events", 2)
    assert client.offsets() == [1, 3, 4]
    assert spans(client) == [(0, 3), (3, 4)]
    assert server.metrics.value("eventyard_hook_errors_total", plugin="sorting", hook="route") == 0


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Route(["/tools"]), "Route.namespace is list, expected str"),  # type: ignore[arg-type]
        (lambda: Route("/tools", "vip"), "Route.rooms is str, expected an iterable of str"),  # type: ignore[arg-type]
        (lambda: Route("/tools", None), "Route.rooms is NoneType, expected an iterable of str"),  # type: ignore[arg-type]
        (lambda: Route("/tools", {5}), "Route.rooms has int in it, expected an iterable of str"),  # type: ignore[arg-type]
        (lambda: Route("tools"), "expected an installed namespace, with its slash; did you mean '/tools'?"),
        (lambda: Route("/" + "x" * 1000), "Route.namespace is a text of 1001 characters"),
    ],
)
async def test_a_wrong_route_is_told_as_the_plugins_failure_and_the_event_goes_where_its_type_says(
    start_server: StartServer, connect: Connect, make_event: MakeEvent, make: Callable[[], Any], told: str
) -> None:
    server = await start_server({"sorting": Sorting(make)})
    tools, errors = await connect(server, "/tools"), await connect(server, "/errors")
    (outcome,) = await server.publish(make_event(data={"tool": "Read"}))
    assert (outcome.status, outcome.stream) == ("accepted", "tools")
    await tools.wait("tool_start")
    (error,) = await errors.wait("error")
    assert (error["data"]["kind"], error["data"]["hook"]) == ("plugin_failed", "route")
    assert "plugin sorting" in error["data"]["message"]
    assert told in error["data"]["message"]
    assert server.metrics.value("eventyard_hook_errors_total", plugin="sorting", hook="route") == 1


async def test_the_next_plugin_is_asked_for_the_route_when_one_leads_nowhere(
    start_server: StartServer, make_event: MakeEvent
) -> None:
    # What is registered last is called first.
    server = await start_server({"right": Sorting(lambda: Route("/errors")), "wrong": Sorting(lambda: Route("/no"))})
    (outcome,) = await server.publish(make_event(data={"tool": "Read"}))
    assert outcome.stream == "errors"


@pytest.mark.parametrize("limits", [{}, {"window": 10}])
async def test_a_client_that_cannot_be_sent_an_event_is_closed_and_told_of_none_behind_it(
    start_server: StartServer, connect: Connect, make_event: MakeEvent, limits: dict[str, Any]
) -> None:
    """It comes back with the offset of what it has; clients of other namespaces notice nothing."""
    server = await start_server({"sorting": Sorting(damaged)})
    errors = await connect(server, "/errors")
    client = await connect(server, "/tools", auth={"batch": True, **limits})
    tools = ("Bash", "Read", "Bash")
    await server.publish(*(make_event(data={"tool": tool}) for tool in tools), make_event("error"))
    await server.publish(make_event())
    await errors.wait("error")
    async with asyncio.timeout(5):
        await client.socket.wait()
    assert not client.socket.connected
    assert spans(client) == []
