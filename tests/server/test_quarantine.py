"""What goes on of a plugin that was taken out while the server runs."""

from collections.abc import Awaitable, Callable
from typing import Any

from eventyard import AsyncServer, Event, Namespace, Plugin, hookimpl

MakeEvent = Callable[..., dict[str, Any]]
Connect = Callable[..., Awaitable[Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]


class Counting(Namespace):
    name = "/counting"
    observes = ("tool_start",)
    count = 0

    def apply(self, event: Event) -> None:
        self.count += 1

    def snapshot(self) -> dict[str, Any]:
        return {"count": self.count}


class Quarantined(Plugin):
    """One whose hook ``enrich`` always fails, with a namespace."""

    @hookimpl
    def namespaces(self) -> list[type[Namespace]]:
        return [Counting]

    @hookimpl
    def enrich(self, event: Event) -> None:
        raise ValueError


async def test_the_namespaces_of_a_plugin_in_quarantine_keep_their_state(
    start_server: StartServer, connect: Connect, make_event: MakeEvent
) -> None:
    server = await start_server({"quarantined": Quarantined()}, plugins={"max_failures": 3})
    client = await connect(server, "/counting")
    await server.publish(*(make_event() for _ in range(10)))
    assert server.plugins.quarantined != []
    assert (await client.call("get_state"))["snapshot"]["count"] == 10
