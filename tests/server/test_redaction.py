"""Secrets are taken out before an event is kept or sent, however it comes."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from eventyard import AsyncServer, Event, Plugin, Route, Settings, hookimpl
from eventyard.errors import SettingsError

MakeEvent = Callable[..., dict[str, Any]]
Connect = Callable[..., Awaitable[Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]

TOKEN = "ghp" + "_" + "a1B2" * 9
INPUT = {"command": f"curl -u me:{TOKEN} https://example.com", "password": "hunter2"}
CLEAN = {"command": "curl -u me:[redacted] https://example.com", "password": "[redacted]"}
CALL = {
    "hook_event_name": "PreToolUse",
    "session_id": "s1",
    "tool_name": "Bash",
    "tool_use_id": "t1",
    "tool_input": INPUT,
}


def tool_data(**members: Any) -> dict[str, Any]:
    return {"tool": "Bash", "input": INPUT} | members


async def kept(server: AsyncServer) -> list[dict[str, Any]]:
    async with aiohttp.ClientSession(server.url) as http, http.get("/v1/streams/tools/events") as response:
        events: list[dict[str, Any]] = (await response.json())["events"]
        return events


async def letters(server: AsyncServer) -> list[dict[str, Any]]:
    async with aiohttp.ClientSession(server.url) as http, http.get("/v1/dead-letters") as response:
        found: list[dict[str, Any]] = (await response.json())["dead_letters"]
        return found


def written(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.rglob("*") if path.is_file())


async def test_of_a_posted_event_no_secret_is_kept_or_sent(
    start_server: StartServer, connect: Connect, make_event: MakeEvent, tmp_path: Path
) -> None:
    server = await start_server(data_dir=str(tmp_path))
    dashboard = await connect(server, "/tools")
    async with aiohttp.ClientSession(server.url) as http:
        event = make_event(session="s1", correlationid="t1", data=tool_data())
        async with http.post("/v1/events", json=event) as response:
            assert response.status == 202
        async with http.get("/metrics?format=prometheus") as response:
            assert "eventyard_redacted_events_total 1.0" in await response.text()
    (shown,) = await dashboard.wait("tool_start")
    (event,) = await kept(server)
    assert shown == event
    assert event["data"]["input"] == CLEAN
    late = await connect(server, "/tools", wait=False)
    (ready,) = await late.wait("ready")
    assert "Bash" in json.dumps(ready["snapshot"])
    assert TOKEN not in json.dumps(ready["snapshot"])
    await server.stop()
    assert TOKEN.encode() not in written(tmp_path)


async def test_of_a_hook_call_no_secret_is_kept(start_server: StartServer) -> None:
    server = await start_server()
    async with aiohttp.ClientSession(server.url) as http:
        for body in (CALL, CALL | {"hook_event_name": "NewHook", "tool_use_id": "t2"}):
            async with http.post("/v1/hooks/claude-code", json=body) as response:
                assert response.status == 204
        async with http.get("/v1/streams/sessions/events?type=hook_event") as response:
            (whole,) = (await response.json())["events"]
    (event,) = await kept(server)
    assert event["data"]["input"] == CLEAN
    assert TOKEN not in json.dumps(whole)


async def test_of_an_event_from_ingest_no_secret_is_kept(
    server: AsyncServer, connect: Connect, make_event: MakeEvent
) -> None:
    publisher = await connect(server, "/ingest")
    await publisher.socket.call("publish", make_event(data=tool_data()), namespace="/ingest")
    (event,) = await kept(server)
    assert event["data"]["input"] == CLEAN


async def test_of_a_refused_event_no_secret_is_kept(
    start_server: StartServer, make_event: MakeEvent, tmp_path: Path
) -> None:
    server = await start_server(data_dir=str(tmp_path))
    async with aiohttp.ClientSession(server.url) as http:
        for body in (make_event("nobody_knows", data=tool_data()), make_event(data=tool_data(tool=4))):
            async with http.post("/v1/events", json=body) as response:
                assert response.status == 422
        async with http.post("/v1/hooks/claude-code", data=f'{{"a": "{TOKEN}", ') as response:
            assert response.status == 400
    unknown, wrong, unreadable = await letters(server)
    assert unknown["body"]["data"]["input"] == CLEAN
    assert wrong["body"]["data"]["input"] == CLEAN
    assert unreadable["text"] == '{"a": "[redacted]", '
    await server.stop()
    assert TOKEN.encode() not in written(tmp_path)


async def test_a_plugin_sees_what_came_and_puts_no_secret_in(start_server: StartServer, make_event: MakeEvent) -> None:
    """They are taken out behind all plugins; what is called after the commit sees the event as it is kept."""
    seen: list[tuple[str, Any]] = []

    class Adding(Plugin):
        @hookimpl
        def enrich(self, event: Event) -> dict[str, Any]:
            seen.append(("enrich", event.data["input"]["password"]))
            return {"added": TOKEN}

        @hookimpl
        def emit(self, event: Event, route: Route) -> None:
            seen.append(("emit", event.data["input"]["password"]))

    server = await start_server({"adding": Adding()})
    await server.publish(make_event(data=tool_data()))
    (event,) = await kept(server)
    await server.stop()
    assert event["added"] == "[redacted]"
    assert seen == [("enrich", "hunter2"), ("emit", "[redacted]")]


async def test_a_repeated_event_is_known_though_a_secret_was_taken_out(
    server: AsyncServer, make_event: MakeEvent
) -> None:
    event = make_event(data=tool_data())
    outcomes = [*await server.publish(dict(event)), *await server.publish(dict(event))]
    assert [outcome.status for outcome in outcomes] == ["accepted", "duplicate"]


async def test_everything_is_kept_when_that_is_asked_for(start_server: StartServer, make_event: MakeEvent) -> None:
    server = await start_server(redaction={"enabled": False})
    await server.publish(make_event(data=tool_data()), make_event("nobody_knows", data=tool_data()))
    (event,) = await kept(server)
    (letter,) = await letters(server)
    assert event["data"]["input"] == letter["body"]["data"]["input"] == INPUT


async def test_further_secrets_are_those_of_the_settings(start_server: StartServer, make_event: MakeEvent) -> None:
    server = await start_server(redaction={"patterns": [r"(?<=PIN=)\d+"], "members": ["Answer"]})
    await server.publish(make_event(data=tool_data(input={"command": "PIN=1234 x", "answer": "blue"})))
    (event,) = await kept(server)
    assert event["data"]["input"] == {"command": "PIN=[redacted] x", "answer": "[redacted]"}


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("(", r'redaction.patterns: "\(" is no regular expression: missing \)'),
        ("x*", r'redaction.patterns: "x\*" matches where nothing is'),
    ],
)
def test_a_wrong_pattern_is_a_wrong_setting(pattern: str, problem: str) -> None:
    with pytest.raises(SettingsError, match=problem):
        Settings().with_changes(redaction={"patterns": ["fine", pattern]})
