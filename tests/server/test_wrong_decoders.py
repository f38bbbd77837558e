"""What a foreign body costs that its plugin decodes to no events: it is never lost."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
import pytest
from eventyard import AsyncServer, Event, Plugin, hookimpl

StartServer = Callable[..., Awaitable[AsyncServer]]
Post = Callable[..., Awaitable[tuple[AsyncServer, int, list[str], list[dict[str, Any]]]]]


class Gives(Plugin):
    """Gives what ``make`` makes, for any source or for the one named."""

    def __init__(self, make: Callable[[], Any], source: str | None = None) -> None:
        self.make = make
        self.source = source

    @hookimpl
    def decode(self, source: str, body: Any, headers: Mapping[str, str]) -> Any:
        return self.make() if self.source in {None, source} else None


def events() -> list[Event]:
    return [Event.create("tool_start", source="/acme", data={"tool": "Bash"})]


@pytest.fixture
def post(start_server: StartServer) -> Post:
    """Post a body for ``acme`` to a server with plugins; gives it, the status, the types kept, the dead letters."""

    async def send(**plugins: Plugin) -> tuple[AsyncServer, int, list[str], list[dict[str, Any]]]:
        server = await start_server(dict(plugins))
        async with aiohttp.ClientSession(server.url) as http:
            async with http.post("/v1/hooks/acme", json={"n": 1}) as response:
                status = response.status
            async with http.get("/v1/streams/tools/events") as response:
                kept = [event["type"] for event in (await response.json())["events"]]
            async with http.get("/v1/dead-letters") as response:
                return server, status, kept, (await response.json())["dead_letters"]

    return send


@pytest.mark.parametrize("make", [lambda: (each for each in events()), lambda: {"type": "tool_start"}, lambda: "yes"])
async def test_a_result_that_is_no_list_is_told_and_the_next_plugin_is_asked(
    post: Post, make: Callable[[], Any]
) -> None:
    # What is registered last is called first.
    server, status, kept, letters = await post(right=Gives(events, "acme"), wrong=Gives(make))
    assert (status, kept, letters) == (204, ["tool_start"], [])
    assert server.metrics.value("eventyard_hook_errors_total", plugin="wrong", hook="decode") == 1


async def test_a_body_is_kept_when_only_a_plugin_that_gave_no_list_may_know_it(
    post: Post,
) -> None:
    server, status, _, (letter,) = await post(wrong=Gives(lambda: (each for each in events())))
    assert (status, letter["body"]) == (204, {"n": 1})
    (issue,) = letter["issues"]
    assert issue["message"] == "the plugin gave generator, expected a list of events or None"
    assert server.metrics.value("eventyard_hook_errors_total", plugin="wrong", hook="decode") == 1
