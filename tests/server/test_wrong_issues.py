"""What a plugin has against an event and cannot be told: it is as if the plugin had said nothing."""

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from eventyard import AsyncServer, Event, Issue, Plugin, hookimpl

MakeEvent = Callable[..., dict[str, Any]]
Connect = Callable[..., Awaitable[Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]

WRONG = [
    pytest.param([Issue("enum", "", "no", limit={"Bash"})], "/limit: a value of type set is no JSON", id="limit"),
    pytest.param([Issue("enum", "", "no", limit=2**70)], "/limit: expected a whole number within", id="number"),
    pytest.param([Issue("enum", "", ValueError("x"))], "Issue.message is ValueError, expected str", id="message"),  # type: ignore[arg-type]
    pytest.param([Issue(5, "", "no")], "Issue.keyword is int, expected str", id="keyword"),  # type: ignore[arg-type]
    pytest.param([Issue("enum", None, "no")], "Issue.pointer is NoneType, expected str", id="pointer"),  # type: ignore[arg-type]
    pytest.param([Issue("enum", "", "no", owner=5)], "Issue.owner is int, expected str", id="owner"),  # type: ignore[arg-type]
    pytest.param([Issue("enum", "", "\ud800")], "/message: the text has half a surrogate pair", id="surrogate"),
    pytest.param(Issue("enum", "", "no"), "validate gave Issue, expected a list of issues or None", id="no list"),
    pytest.param(["no"], "validate gave str among its issues, expected Issue", id="no issue"),
]


class Objecting(Plugin):
    applies_to = ("tool_start",)

    def __init__(self, result: Any) -> None:
        self.result = result

    @hookimpl
    def validate(self, event: Event) -> Any:
        return self.result


class ObjectingLater(Objecting):
    @hookimpl
    async def validate(self, event: Event) -> Any:
        return self.result


@pytest.fixture(params=[Objecting, ObjectingLater], ids=["plain", "coroutine"])
def make_plugin(request: pytest.FixtureRequest) -> Callable[[Any], Plugin]:
    made: Callable[[Any], Plugin] = request.param
    return made


@pytest.mark.parametrize(("result", "told"), WRONG)
async def test_issues_that_cannot_be_told_cost_the_plugins_word_and_the_event_is_accepted(
    start_server: StartServer,
    connect: Connect,
    make_event: MakeEvent,
    make_plugin: Callable[[Any], Plugin],
    result: Any,
    told: str,
) -> None:
    server = await start_server({"objecting": make_plugin(result)})
    errors = await connect(server, "/errors")
    ingest = await connect(server, "/ingest")
    async with aiohttp.ClientSession(server.url) as http:
        async with http.post("/v1/events", json=make_event()) as response:
            assert response.status == 202
        async with http.get("/v1/dead-letters") as response:
            assert (await response.json())["dead_letters"] == []
    assert (await ingest.call("publish", make_event()))["accepted"] == 1
    error = (await errors.wait("error", 2))[0]
    assert (error["data"]["kind"], error["data"]["hook"]) == ("plugin_failed", "validate")
    assert told in error["data"]["message"]
    assert server.metrics.value("eventyard_hook_errors_total", plugin="objecting", hook="validate") == 2
