"""A sender has its answer as soon as its events are kept; what then follows is no matter of its own."""

import asyncio
import http.client
import json
import threading
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import pytest
from eventyard import AsyncServer, Event, Namespace, Plugin, hookimpl

StartServer = Callable[..., Awaitable[AsyncServer]]

HOOK = {"hook_event_name": "PreToolUse", "session_id": "s1", "tool_name": "Bash", "tool_use_id": "t1", "tool_input": {}}


@pytest.mark.parametrize("durability", ["memory", "process"])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/events", {"type": "tool_start", "source": "/test", "data": {"tool": "Bash"}}),
        ("/v1/hooks/claude-code", HOOK),
    ],
    ids=["event", "hook call"],
)
async def test_no_sender_waits_for_the_state_of_a_namespace(
    start_server: StartServer, path: str, body: dict[str, Any], durability: str
) -> None:
    """The state holds up the whole server here until the answer is there."""
    answered = threading.Event()
    had_its_answer: list[bool] = []

    class Waiting(Namespace):
        name = "/waiting"
        observes = ("tool_start",)

        def apply(self, event: Event) -> None:
            had_its_answer.append(answered.wait(5))

        def snapshot(self) -> dict[str, Any]:
            return {"events": len(had_its_answer)}

    class WaitingPlugin(Plugin):
        @hookimpl
        def namespaces(self) -> Iterable[type[Namespace]]:
            return [Waiting]

    server = await start_server({"waiting": WaitingPlugin()}, journal={"durability": durability})

    def send() -> int:
        connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=10)
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        status = connection.getresponse().status
        answered.set()
        connection.close()
        return status

    assert await asyncio.to_thread(send) in {202, 204}
    async with asyncio.timeout(10):
        while not had_its_answer:
            await asyncio.sleep(0.01)
    assert had_its_answer == [True]


async def test_who_asks_for_the_state_is_given_that_of_all_that_was_answered(
    server: AsyncServer, connect: Callable[..., Awaitable[Any]], make_event: Callable[..., dict[str, Any]]
) -> None:
    client = await connect(server, "/tools")
    for number in range(1, 20):
        await server.publish(make_event(correlationid=f"t{number}", session="s1"))
        state = await client.call("get_state")
        assert (state["head"], len(state["snapshot"]["running"])) == (number, number)
