"""What single clients may send, and how many connections an address may open."""

import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import socketio
from eventyard import AsyncServer
from eventyard.access import Scope, TokenFile

MakeEvent = Callable[..., dict[str, Any]]
Connect = Callable[..., Awaitable[Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]

HOOK = {"hook_event_name": "Stop", "session_id": "s1"}


async def test_who_has_sent_too_many_events_has_to_wait(start_server: StartServer, make_event: MakeEvent) -> None:
    """A batch is taken as a whole, and paid for afterwards; nothing is kept of what comes before that."""
    server = await start_server(limits={"events_per_second": 0.1, "burst": 10})
    async with aiohttp.ClientSession(server.url) as http:
        async with http.post("/v1/events", json=[make_event(id=f"a{number}") for number in range(10)]) as response:
            assert response.status == 202
        for path, body in (("/v1/events", make_event(id="b")), ("/v1/hooks/claude-code", HOOK)):
            async with http.post(path, json=body) as response:
                problem = await response.json()
                assert (response.status, problem["type"]) == (429, "urn:eventyard:problem:rate_limited")
                assert 80 < int(response.headers["Retry-After"]) <= 90
                assert problem["detail"].startswith("the address 127.0.0.1 has sent more than it may; it may go on in ")
        async with http.get("/v1/streams/tools/events") as response:
            assert [event["id"] for event in (await response.json())["events"]] == [
                f"a{number}" for number in range(10)
            ]
    assert server.metrics.value("eventyard_refused_total", reason="rate_limited") == 2


async def test_what_cannot_be_read_counts_too(start_server: StartServer) -> None:
    server = await start_server(limits={"bytes_per_second": 100, "burst": 1})
    async with aiohttp.ClientSession(server.url) as http:
        statuses = []
        for _ in range(2):
            async with http.post(
                "/v1/events", data=b"{" * 5000, headers={"Content-Type": "application/json"}
            ) as response:
                statuses.append(response.status)
    assert statuses == [400, 429]


async def test_a_hook_call_is_an_event(start_server: StartServer) -> None:
    server = await start_server(limits={"events_per_second": 0.1, "burst": 10})
    async with aiohttp.ClientSession(server.url) as http:
        statuses = []
        for number in range(4):
            async with http.post("/v1/hooks/claude-code", json=HOOK | {"session_id": f"s{number}"}) as response:
                statuses.append(response.status)
    assert statuses == [204, 204, 429, 429]


async def test_a_publisher_is_told_when_it_may_go_on(
    start_server: StartServer, connect: Connect, make_event: MakeEvent
) -> None:
    server = await start_server(limits={"events_per_second": 1, "bytes_per_second": 1e6, "burst": 1})
    publisher = await connect(server, "/ingest")
    accepted = await publisher.socket.call("publish", [make_event() for _ in range(31)], namespace="/ingest")
    refused = await publisher.socket.call("publish", make_event(), namespace="/ingest")
    assert accepted["accepted"] == 31
    assert refused["error"]["code"] == "rate_limited"
    assert 25_000 < refused["retry_after_ms"] <= 30_000
    assert server.metrics.value("eventyard_refused_total", reason="rate_limited") == 1


async def test_what_is_nested_too_deep_is_refused_as_ever(start_server: StartServer, connect: Connect) -> None:
    server = await start_server(limits={"bytes_per_second": 1e6})
    publisher = await connect(server, "/ingest")
    deep: list[Any] = []
    for _ in range(400):
        deep = [deep]
    receipt = await publisher.socket.call("publish", {"data": deep}, namespace="/ingest")
    assert receipt["rejected"] == 1


async def test_the_library_waits_and_sends_again(start_server: StartServer, make_event: MakeEvent) -> None:
    from eventyard.client import Publisher

    server = await start_server(limits={"events_per_second": 10, "burst": 0.1})
    async with Publisher(server.url) as publisher:
        outcomes = [outcome for _ in range(3) for outcome in await publisher.publish(make_event())]
    assert [outcome.status for outcome in outcomes] == ["accepted"] * 3


async def test_each_token_has_its_own(start_server: StartServer, make_event: MakeEvent, tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "tokens.json")
    tokens = [
        file.create(name, frozenset({Scope.PUBLISH}), namespaces=None, now=time.time(), expires=None)
        for name in ("ann", "bob")
    ]
    server = await start_server(data_dir=str(tmp_path), limits={"events_per_second": 0.1, "burst": 10})
    statuses = []
    async with aiohttp.ClientSession(server.url) as http:
        for token in (tokens[0], tokens[0], tokens[0], tokens[1]):
            headers = {"Authorization": f"Bearer {token}"}
            async with http.post("/v1/events", json=make_event(), headers=headers) as response:
                statuses.append(response.status)
    assert statuses == [202, 202, 429, 202]


async def test_an_address_opens_no_more_connections_than_it_may(start_server: StartServer, connect: Connect) -> None:
    server = await start_server(limits={"connections_per_minute": 6, "burst": 10})
    kept = await connect(server, "/tools")
    await connect(server, "/tools")
    with pytest.raises(socketio.exceptions.ConnectionError):
        await connect(server, "/tools")
    async with (
        aiohttp.ClientSession(server.url) as http,
        http.get("/socket.io/?EIO=4&transport=polling") as response,
    ):
        assert (response.status, response.headers["Retry-After"]) == (429, "10")
    assert kept.socket.connected
    assert server.metrics.value("eventyard_refused_total", reason="rate_limited") == 2
