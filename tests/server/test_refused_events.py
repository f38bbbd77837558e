"""What is refused is kept with the reasons, and told on ``/errors``."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any

import aiohttp
from eventyard import AsyncServer

MakeEvent = Callable[..., dict[str, Any]]
Connect = Callable[..., Awaitable[Any]]


async def test_an_invalid_event_becomes_an_error_event(
    server: AsyncServer, http: aiohttp.ClientSession, connect: Connect, make_event: MakeEvent
) -> None:
    """It names type, source, id, plugin and issues, and nothing of the payload."""
    dashboard = await connect(server, "/errors")
    async with http.post("/v1/events", json=make_event(id="bad", session="s1", data={"tool": {"key": "secret"}})):
        pass
    (error,) = await dashboard.wait("error")
    data = error["data"]
    assert (data["kind"], data["event_type"], data["event_source"], data["event_id"]) == (
        "event_rejected",
        "tool_start",
        "/test",
        "bad",
    )
    assert data["plugin"].startswith("eventyard-tool ")
    assert (data["issues"][0]["keyword"], data["issues"][0]["pointer"]) == ("type", "/data/tool")
    assert error["session"] == "s1"
    assert "secret" not in str(error)


async def test_an_invalid_event_becomes_a_dead_letter(http: aiohttp.ClientSession, make_event: MakeEvent) -> None:
    event = make_event("no_such_type", id="lost")
    async with http.post("/v1/events", json=event):
        pass
    async with http.get("/v1/dead-letters") as response:
        (letter,) = (await response.json())["dead_letters"]
    assert letter["body"]["id"] == "lost"
    assert letter["intake"] == "http"
    assert letter["issues"][0]["keyword"] == "unknown_type"


async def test_a_refused_report_is_not_reported_again(server: AsyncServer) -> None:
    """The server's own events cannot start an endless row of errors."""
    (outcome,) = await server.publish({"type": "error", "source": "/x", "data": {}})
    assert outcome.status == "rejected"
    assert server.metrics.value("eventyard_events_total", status="rejected") == 1


async def test_dead_letters_are_bounded(start_server: Callable[..., Awaitable[AsyncServer]]) -> None:
    server = await start_server(dead_letter_capacity=3)
    async with aiohttp.ClientSession(server.url) as http:
        for number in range(5):
            async with http.post("/v1/events", json={"type": f"unknown{number}", "source": "/x", "data": {}}):
                pass
        async with http.get("/v1/dead-letters?after=3") as response:
            answer = await response.json()
    assert (answer["total"], answer["kept"]) == (5, 3)
    assert [letter["number"] for letter in answer["dead_letters"]] == [4, 5]


async def test_while_many_events_are_refused_others_are_taken_in(
    http: aiohttp.ClientSession, make_event: MakeEvent
) -> None:
    """To tell what is wrong with an event takes far longer than to see that nothing is."""
    wrong: list[dict[str, Any]] = [{f"x_{number}": [] for number in range(60)}] * 4000
    body = BytesIO(json.dumps(wrong).encode())
    headers = {"Content-Type": "application/json"}
    refusing = asyncio.create_task(http.post("/v1/events", data=body, headers=headers))
    taken = 0
    while not refusing.done():
        async with http.post("/v1/events", json=make_event()) as response:
            assert response.status == 202
        taken += 1
    async with await refusing as response:
        receipt = await response.json()
    assert receipt["rejected"] == 4000
    assert taken > 20
