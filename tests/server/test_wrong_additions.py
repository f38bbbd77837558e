"""What a plugin adds or makes that cannot be sent: it costs the plugin's contribution, never the sender's event."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import aiohttp
import orjson
import pytest
from eventyard import AsyncServer, Event, Plugin, hookimpl

MakeEvent = Callable[..., dict[str, Any]]
Connect = Callable[..., Awaitable[Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]


def deep() -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(100):
        value = {"in": value}
    return value


def endless() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


#: Members of data, and what is told of them.
UNFIT = [
    pytest.param({"tags": {"a"}}, "/data/tags: a value of type set is no JSON", id="set"),
    pytest.param({"tags": datetime.now(UTC)}, "/data/tags: a value of type datetime is no JSON", id="datetime"),
    pytest.param({"tags": "\ud800"}, "/data/tags: the text has half a surrogate pair", id="surrogate"),
    pytest.param({"tags": 2**70}, "/data/tags: expected a whole number within", id="70 bits"),
    pytest.param({"tags": 2**60}, "/data/tags: expected a whole number within", id="60 bits"),
    pytest.param({"tags": float("nan")}, "/data/tags: expected a finite number", id="NaN"),
    pytest.param({"tags": {5: "x"}}, "/data/tags: a member's name is of type int, expected str", id="name"),
    pytest.param({5: "x"}, "/data: a member's name is of type int, expected str", id="own name"),
    pytest.param({"tags": deep()}, "objects and arrays are nested too deep here", id="deep"),
    pytest.param({"tags": endless()}, "objects and arrays are nested too deep here", id="endless"),
]


class Adding(Plugin):
    applies_to = ("tool_start",)

    def __init__(self, added: Any) -> None:
        self.added = added

    @hookimpl
    def enrich(self, event: Event) -> Mapping[str, Any]:
        added: Mapping[str, Any] = self.added
        return added


def failures(server: AsyncServer, plugin: str, hook: str = "enrich") -> float | None:
    return server.metrics.value("eventyard_hook_errors_total", plugin=plugin, hook=hook)


async def kept(server: AsyncServer) -> list[dict[str, Any]]:
    async with aiohttp.ClientSession(server.url) as http, http.get("/v1/streams/tools/events") as response:
        events: list[dict[str, Any]] = (await response.json())["events"]
        return events


@pytest.mark.parametrize(("data", "told"), UNFIT)
async def test_an_addition_that_cannot_be_sent_is_dropped_and_told(
    start_server: StartServer, connect: Connect, make_event: MakeEvent, data: dict[Any, Any], told: str
) -> None:
    server = await start_server({"adding": Adding({"data": data})})
    errors = await connect(server, "/errors")
    (outcome,) = await server.publish(make_event())
    assert outcome.status == "accepted"
    (event,) = await kept(server)
    assert event["data"] == {"tool": "Bash"}
    (error,) = await errors.wait("error")
    assert (error["data"]["kind"], error["data"]["hook"]) == ("plugin_failed", "enrich")
    assert "plugin adding" in error["data"]["message"]
    assert told in error["data"]["message"]
    assert failures(server, "adding") == 1


async def test_an_added_attribute_that_cannot_be_sent_is_dropped(
    start_server: StartServer, make_event: MakeEvent
) -> None:
    """To this engine, half a surrogate pair is text."""
    server = await start_server({"adding": Adding({"host": "\ud800"})}, validation={"engine": "jsonschema"})
    (outcome,) = await server.publish(make_event())
    assert outcome.status == "accepted"
    assert failures(server, "adding") == 1


@pytest.mark.parametrize("data", [["tags"], "tags", 5, []])
async def test_data_to_add_that_is_no_mapping_is_told_with_what_was_expected(
    start_server: StartServer, connect: Connect, make_event: MakeEvent, data: object
) -> None:
    server = await start_server({"adding": Adding({"data": data})})
    errors = await connect(server, "/errors")
    await server.publish(make_event())
    (error,) = await errors.wait("error")
    assert f"enrich gave {type(data).__name__} under data, expected a mapping" in error["data"]["message"]


async def test_a_plugin_whose_additions_are_always_too_large_is_quarantined(
    start_server: StartServer, make_event: MakeEvent
) -> None:
    """The events are kept as they were sent, and what others add to them."""
    plugins = {"small": Adding({"data": {"small": 1}}), "large": Adding({"data": {"large": "x" * 2_000_000}})}
    server = await start_server(plugins, plugins={"max_failures": 3})
    outcomes = await server.publish(*(make_event() for _ in range(5)))
    assert {outcome.status for outcome in outcomes} == {"accepted"}
    assert [event["data"] for event in await kept(server)] == [{"tool": "Bash", "small": 1}] * 5
    assert [plugin.name for plugin in server.plugins.quarantined] == ["large"]


async def test_an_event_that_fits_as_it_was_sent_is_kept_without_the_additions_that_are_too_much(
    start_server: StartServer, make_event: MakeEvent
) -> None:
    """Who adds little pays for nobody who adds much; they add in the order large, small."""
    plugins = {
        "small": Adding({"data": {"small": 1}}),
        "large": Adding({"data": {"large": "x" * 900}}),
        "less": Adding({"data": {"less": 1}}),
    }
    server = await start_server(plugins, max_event_size=2000)
    bare = len(orjson.dumps((await server.publish(make_event()), (await kept(server))[0])[1]))
    filled = make_event(data={"tool": "Bash", "description": "y" * (2000 - bare + 500)})
    (outcome,) = await server.publish(filled)
    assert outcome.status == "accepted"
    assert (await kept(server))[1]["data"] == filled["data"] | {"small": 1, "less": 1}
    assert [failures(server, name) for name in plugins] == [0, 1, 0]


class Decoding(Plugin):
    def __init__(self, data: Mapping[Any, Any]) -> None:
        self.data = data

    @hookimpl
    def decode(self, source: str, body: Any, headers: Mapping[str, str]) -> list[Event] | None:
        return [Event.create("tool_start", source="/acme", data={"tool": "Bash", **self.data})]


@pytest.mark.parametrize(("data", "told"), UNFIT)
async def test_an_event_of_a_foreign_body_that_cannot_be_sent_is_told_of_its_plugin(
    start_server: StartServer, connect: Connect, data: dict[Any, Any], told: str
) -> None:
    """The body is a dead letter, which can be tried again once the plugin is mended."""
    server = await start_server({"decoding": Decoding(data)})
    errors = await connect(server, "/errors")
    async with aiohttp.ClientSession(server.url) as http:
        async with http.post("/v1/hooks/acme", json={"n": 1}) as response:
            assert response.status == 204
        async with http.get("/v1/dead-letters") as response:
            (letter,) = (await response.json())["dead_letters"]
    assert (letter["body"], letter["issues"][0]["owner"]) == ({"n": 1}, "embedded 0")
    assert failures(server, "decoding", "decode") == 1
    error = next(each for each in await errors.wait("error", 2) if each["data"]["kind"] == "plugin_failed")
    assert told in error["data"]["message"]
    assert await kept(server) == []
