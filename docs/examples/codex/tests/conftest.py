"""A real server with the installed plugins, and real hook bodies."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import socketio
from eventyard import AsyncServer, Settings

Post = Callable[..., Awaitable[list[dict[str, Any]]]]


@pytest.fixture(scope="session")
def bodies() -> dict[str, dict[str, Any]]:
    """What Codex 0.169 has posted, by the names that ``hook_bodies.jsonl`` gives them."""
    lines = Path(__file__).with_name("hook_bodies.jsonl").read_text("utf-8").splitlines()
    return {record["name"]: record["payload"] for record in map(json.loads, lines)}


@pytest.fixture
async def server() -> AsyncIterator[AsyncServer]:
    """A server with all installed plugins, and a client that makes it keep file operations."""
    async with AsyncServer(Settings().with_changes(port=0, journal={"durability": "memory"})) as server:
        client = socketio.AsyncClient()
        await client.connect(server.url, namespaces=["/files"])
        yield server
        await client.disconnect()


@pytest.fixture
async def http(server: AsyncServer) -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP client of the server."""
    async with aiohttp.ClientSession(server.url) as session:
        yield session


@pytest.fixture
def kept(server: AsyncServer, http: aiohttp.ClientSession) -> Callable[[], Awaitable[list[dict[str, Any]]]]:
    """Give all events that the server keeps, those of the server itself left out."""

    async def events() -> list[dict[str, Any]]:
        found = []
        for stream in server.namespaces:
            async with http.get(f"/v1/streams{stream}/events?limit=1000") as response:
                found += (await response.json())["events"]
        return [event for event in found if event["source"].startswith("/codex/")]

    return events


@pytest.fixture
def post(http: aiohttp.ClientSession, kept: Callable[[], Awaitable[list[dict[str, Any]]]]) -> Post:
    """Post bodies one after the other, and give all events that are kept then."""

    async def events_of(*posted: Any) -> list[dict[str, Any]]:
        for body in posted:
            async with http.post("/v1/hooks/codex", json=body) as response:
                assert response.status == 204
        return await kept()

    return events_of


@pytest.fixture
def letters(http: aiohttp.ClientSession) -> Callable[[], Awaitable[list[dict[str, Any]]]]:
    """Give the dead letters."""

    async def found() -> list[dict[str, Any]]:
        async with http.get("/v1/dead-letters") as response:
            dead: list[dict[str, Any]] = (await response.json())["dead_letters"]
            return dead

    return found
