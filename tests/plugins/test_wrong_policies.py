"""What a buffer policy costs that is none: the plugin's word, or the plugin, and never an event."""

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from eventyard import AsyncServer, BufferPolicy, Event, Plugin, Route, hookimpl
from eventyard.errors import PluginError

Connect = Callable[..., Awaitable[Any]]
Install = Callable[..., None]
StartServer = Callable[..., Awaitable[AsyncServer]]

#: What makes a wrong policy, and what is told of it.
WRONG = [
    ('BufferPolicy("always_send")', "BufferPolicy.mode is str, expected a BufferMode"),
    ('BufferPolicy.buffer_if_no_clients("5")', "BufferPolicy.capacity is str, expected a whole number from 1 on or"),
    ("BufferPolicy.buffer_if_no_clients(True)", "BufferPolicy.capacity is bool"),
    ("BufferPolicy.always_buffer(-5)", "BufferPolicy.capacity is -5, expected a whole number from 1 on or None"),
    ("BufferPolicy.always_buffer(0)", "BufferPolicy.capacity is 0"),
    ("BufferPolicy.drop_if_no_clients(max_bytes=1.5)", "BufferPolicy.max_bytes is float"),
    ('BufferPolicy.buffer_if_no_clients(max_age="1d")', "BufferPolicy.max_age is str, expected a positive number of"),
    ('BufferPolicy.buffer_if_no_clients(max_age=float("nan"))', "BufferPolicy.max_age is nan"),
]


def make(source: str) -> Any:
    return eval(source, {"BufferPolicy": BufferPolicy})


class Keeping(Plugin):
    applies_to = ("tool_start",)

    def __init__(self, source: str) -> None:
        self.source = source

    @hookimpl
    def buffer(self, event: Event, route: Route) -> BufferPolicy:
        policy: BufferPolicy = make(self.source)
        return policy


@pytest.mark.parametrize(("source", "told"), WRONG)
async def test_a_wrong_policy_of_the_buffer_hook_is_told_and_the_policy_of_the_type_counts(
    start_server: StartServer, connect: Connect, source: str, told: str
) -> None:
    server = await start_server({"keeping": Keeping(source)})
    errors = await connect(server, "/errors")
    outcomes = await server.publish(
        *(Event.create("tool_start", source="/test", data={"tool": "Bash"}) for _ in range(2))
    )
    assert [(outcome.status, outcome.offset) for outcome in outcomes] == [("accepted", 1), ("accepted", 2)]
    error = (await errors.wait("error"))[0]
    assert (error["data"]["kind"], error["data"]["hook"]) == ("plugin_failed", "buffer")
    assert told in error["data"]["message"]
    assert server.metrics.value("eventyard_hook_errors_total", plugin="keeping", hook="buffer") == 2


@pytest.mark.parametrize(("source", "told"), WRONG)
async def test_a_type_with_a_wrong_policy_costs_its_plugin_and_the_server_starts(
    install: Install, git_plugin: str, start_server: StartServer, source: str, told: str
) -> None:
    """What describes the types and what keeps the events never sees it."""
    install("eventyard-git", "git", git_plugin.replace("BufferPolicy.buffer_if_no_clients()", source))
    server = await start_server()
    async with aiohttp.ClientSession(server.url) as http:
        async with http.get("/health") as response:
            (plugin,) = [each for each in (await response.json())["plugins"] if each["name"] == "git"]
        assert plugin["status"] == "quarantined"
        assert told in plugin["reason"]
        for path in ("/v1/schemas", "/v1/asyncapi.json"):
            async with http.get(path) as response:
                assert response.status == 200


def test_a_program_is_told_whose_policy_of_a_type_is_wrong(git_plugin: str) -> None:
    names: dict[str, type[Plugin]] = {}
    exec(git_plugin.replace("buffer_if_no_clients()", "buffer_if_no_clients(-5)"), names)
    with pytest.raises(
        PluginError, match=r"plugin 'mine' of embedded 0 cannot be used: ValueError: BufferPolicy\.capacity is -5"
    ):
        AsyncServer(plugins={"mine": names["ThePlugin"]()})
