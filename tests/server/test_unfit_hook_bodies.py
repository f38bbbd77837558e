"""Hook bodies that not every program takes for JSON, or that are none: no agent can mend them, so nothing is lost."""

import json
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from eventyard import AsyncServer

Connect = Callable[..., Awaitable[Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]

CALL = (
    b'{"hook_event_name":"PreToolUse","session_id":"s1","tool_name":"mcp__db__get","tool_use_id":"t1",'
    b'"tool_input":{"a":%b}}'
)


async def post(http: aiohttp.ClientSession, body: bytes) -> tuple[int, bytes]:
    async with http.post("/v1/hooks/claude-code", data=BytesIO(body)) as response:
        return response.status, await response.read()


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (b"1234567890123456789", "1234567890123456789"),
        (b"-9007199254740993", "-9007199254740993"),
        (b"[9007199254740991, true]", [9007199254740991, True]),
        (b"NaN", "NaN"),
        (b"[-Infinity, 1e999]", ["-Infinity", "Infinity"]),
        (b'"cut in an emoji \\ud83d"', "cut in an emoji \ufffd"),
        (b'{"half \\ud83d": 1}', {"half \ufffd": 1}),
        (b'"broken \xff"', "broken \ufffd"),
    ],
)
async def test_what_json_cannot_say_to_everybody_is_said_in_text(
    http: aiohttp.ClientSession, value: bytes, kept: object
) -> None:
    assert await post(http, CALL % value) == (204, b"")
    async with http.get("/v1/streams/tools/events") as response:
        (event,) = (await response.json())["events"]
    assert event["data"]["input"] == {"a": kept}


@pytest.mark.parametrize("deep", [55, 64, 100])
async def test_what_is_nested_too_deep_for_an_event_is_told_as_json_in_text(
    http: aiohttp.ClientSession, deep: int
) -> None:
    """The plugin puts it deeper into the event than it was in the body."""
    assert await post(http, CALL % (b"[" * deep + b"1" + b"]" * deep)) == (204, b"")
    async with http.get("/v1/streams/tools/events") as response:
        (event,) = (await response.json())["events"]
    inner = event["data"]["input"]["a"]
    levels = 0
    while isinstance(inner, list):
        (inner,), levels = inner, levels + 1
    assert levels == 54
    for _ in range(deep - levels):
        (inner,) = json.loads(inner) if isinstance(inner, str) else inner
    assert inner == 1


LONG = {"hook_event_name": "UserPromptSubmit", "session_id": "s1", "prompt": "long " * 400_000}


async def test_a_body_that_is_larger_than_an_event_may_be_is_one_when_it_is_cut(
    start_server: StartServer,
) -> None:
    server = await start_server(plugin={"claude_code": {"text_limit": 1000}})
    async with aiohttp.ClientSession(server.url) as http:
        assert await post(http, json.dumps(LONG).encode()) == (204, b"")
        async with http.get("/v1/streams/sessions/events") as response:
            (event,) = (await response.json())["events"]
    assert (event["type"], len(event["data"]["prompt"])) == ("user_prompt", 1000)


async def test_and_becomes_a_dead_letter_when_it_is_not(http: aiohttp.ClientSession) -> None:
    assert await post(http, json.dumps(LONG).encode()) == (204, b"")
    async with http.get("/v1/dead-letters") as response:
        (letter,) = (await response.json())["dead_letters"]
    assert (letter["body"], letter["issues"][0]["keyword"]) == (LONG, "too_large")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"go", b'{"hook_event_name":"Stop"'])
async def test_what_is_no_json_is_told_to_its_sender_and_to_the_people(
    server: AsyncServer, http: aiohttp.ClientSession, connect: Connect, body: bytes
) -> None:
    errors = await connect(server, "/errors")
    status, answer = await post(http, body)
    assert (status, json.loads(answer)["type"]) == (400, "urn:eventyard:problem:malformed")
    (error,) = await errors.wait("error")
    assert (error["data"]["kind"], error["data"]["detail"]) == ("event_rejected", "received by claude-code")
    async with http.get("/v1/dead-letters") as response:
        (letter,) = (await response.json())["dead_letters"]
    assert (letter["intake"], letter["body"], letter["issues"][0]["keyword"]) == ("claude-code", None, "json")
    assert letter["text"] == body.decode(errors="replace")
