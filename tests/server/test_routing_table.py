"""The specification's table of event types: namespace and buffer policy of each."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from eventyard import AsyncServer

MakeEvent = Callable[..., dict[str, Any]]
Connect = Callable[..., Awaitable[Any]]

TABLE = {
    "tool_start": ("/tools", "buffer_if_no_clients"),
    "tool_stop": ("/tools", "buffer_if_no_clients"),
    "subagent_start": ("/agents", "buffer_if_no_clients"),
    "subagent_stop": ("/agents", "buffer_if_no_clients"),
    "file_operation": ("/files", "drop_if_no_clients"),
    "connection_status": ("/system", "always_send"),
    "error": ("/errors", "always_buffer"),
}


@pytest.mark.parametrize("event_type", TABLE)
async def test_each_type_reaches_its_namespace_and_no_other(
    server: AsyncServer, http: aiohttp.ClientSession, connect: Connect, make_event: MakeEvent, event_type: str
) -> None:
    """A stock client gets the envelope as the one argument, under the type's name."""
    clients = {namespace: await connect(server, namespace) for namespace in server.namespaces}
    event = make_event(event_type, session="s1")
    async with http.post("/v1/events", json=event) as response:
        assert response.status == 202
    namespace, _ = TABLE[event_type]

    def matching(client: Any) -> list[Any]:
        return [body for name, body in client.received if name == event_type and body["id"] == event["id"]]

    async with asyncio.timeout(5):
        while not matching(clients[namespace]):
            await asyncio.sleep(0.01)
    (received,) = matching(clients[namespace])
    assert received["data"].items() >= event["data"].items()
    assert received["source"] == "/test"
    assert not any(matching(client) for other, client in clients.items() if other != namespace)


@pytest.mark.parametrize("event_type", TABLE)
async def test_each_type_has_the_policy_of_the_table(http: aiohttp.ClientSession, event_type: str) -> None:
    async with http.get("/v1/schemas") as response:
        schemas = {schema["type"]: schema for schema in (await response.json())["schemas"]}
    assert (schemas[event_type]["namespace"], schemas[event_type]["policy"]["mode"]) == TABLE[event_type]


async def test_without_clients_tool_events_wait_for_the_first_one(
    server: AsyncServer, http: aiohttp.ClientSession, connect: Connect, make_event: MakeEvent
) -> None:
    """What one client has had, the next one without a cursor is not given again."""
    async with http.post("/v1/events", json=[make_event(), make_event("tool_stop")]):
        pass
    first = await connect(server, "/tools")
    await first.wait("tool_stop")
    second = await connect(server, "/tools")
    async with http.post("/v1/events", json=make_event("tool_stop", id="later")):
        pass
    (only,) = await second.wait("tool_stop")
    assert only["id"] == "later"
    assert first.named("tool_start") != []
    assert second.named("tool_start") == []


async def test_without_clients_file_operations_are_counted_and_dropped(
    server: AsyncServer, http: aiohttp.ClientSession, connect: Connect, make_event: MakeEvent
) -> None:
    async with http.post("/v1/events", json=make_event("file_operation")) as response:
        (result,) = (await response.json())["results"]
    assert (result["status"], result["offset"]) == ("accepted", None)
    assert server.metrics.value("eventyard_dropped_events_total", reason="no_clients") == 1
    client = await connect(server, "/files")
    async with http.post("/v1/events", json=make_event("file_operation", id="seen")):
        pass
    (only,) = await client.wait("file_operation")
    assert (only["id"], only["sequence"]) == ("seen", "00000000000000000001")


async def test_system_events_are_never_journaled_and_the_last_one_is_in_the_snapshot(
    server: AsyncServer, http: aiohttp.ClientSession, connect: Connect, make_event: MakeEvent
) -> None:
    async with http.post("/v1/events", json=make_event("connection_status", id="mine")) as response:
        (result,) = (await response.json())["results"]
    assert result["offset"] is None
    async with http.get("/v1/streams/system/events") as response:
        assert (await response.json())["events"] == []
    client = await connect(server, "/system")
    (ready,) = client.named("ready")
    assert ready["snapshot"]["latest"].keys() >= {"connection_status"}


async def test_errors_are_given_to_every_new_client(
    server: AsyncServer, http: aiohttp.ClientSession, connect: Connect, make_event: MakeEvent
) -> None:
    async with http.post("/v1/events", json=make_event("error", id="e")):
        pass
    for _ in range(2):
        client = await connect(server, "/errors")
        (error,) = await client.wait("error")
        assert error["id"] == "e"


async def test_a_burst_of_one_type_pushes_out_no_other(
    start_server: Callable[..., Awaitable[AsyncServer]], make_event: MakeEvent
) -> None:
    """Each type has a quota of its own."""
    server = await start_server(max_buffer_size=10)
    await server.publish(make_event("tool_stop", id="old"), make_event("error", id="err"))
    await server.publish(*(make_event() for _ in range(50)))
    async with aiohttp.ClientSession(server.url) as http:
        async with http.get("/v1/streams/tools/events") as response:
            kept = (await response.json())["events"]
        async with http.get("/v1/streams/errors/events") as response:
            errors = (await response.json())["events"]
    assert [event["id"] for event in kept if event["type"] == "tool_stop"] == ["old"]
    assert len(kept) == 11
    assert [event["id"] for event in errors] == ["err"]


@pytest.mark.parametrize("wanted", [{"types": ["tool_stop"]}, {"sessions": ["other"]}])
async def test_what_a_client_did_not_want_to_see_no_client_has_had(
    server: AsyncServer, connect: Connect, make_event: MakeEvent, wanted: dict[str, Any]
) -> None:
    choosy = await connect(server, "/tools", auth=wanted)
    await server.publish(make_event(id="start", session="s1"), make_event("tool_stop", id="stop", session="other"))
    assert [event["id"] for event in await choosy.wait("tool_stop")] == ["stop"]
    await choosy.close()
    next_one = await connect(server, "/tools")
    assert [event["id"] for event in await next_one.wait("tool_start")] == ["start"]
