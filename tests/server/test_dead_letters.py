"""Dead letters: what is kept of what was refused, and for how long."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from eventyard import AsyncServer, Event, MalformedBody, Plugin, hookimpl

MakeEvent = Callable[..., dict[str, Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]


async def letters(server: AsyncServer, query: str = "") -> list[dict[str, Any]]:
    async with aiohttp.ClientSession(server.url) as http, http.get(f"/v1/dead-letters{query}") as response:
        assert response.status == 200
        found: list[dict[str, Any]] = (await response.json())["dead_letters"]
        return found


async def test_an_event_is_kept_as_it_was_sent(server: AsyncServer, http: aiohttp.ClientSession) -> None:
    """With the identity and the time that it was given, so that a retry is the same event."""
    async with http.post("/v1/events", json={"type": "tool_start", "source": "/x", "data": {"tool": 5}}) as response:
        (result,) = (await response.json())["results"]
    (letter,) = await letters(server)
    body = letter["body"]
    assert body == {
        "type": "tool_start",
        "source": "/x",
        "data": {"tool": 5},
        "specversion": "1.0",
        "id": result["id"],
        "time": body["time"],
    }
    assert letter["issues"] == result["issues"]
    assert (letter["intake"], letter["type"], letter["foreign"], letter["text"]) == ("http", "tool_start", False, None)
    assert (letter["headers"], letter["retries"], letter["retried"]) == ({}, 0, None)


async def test_a_schema_is_kept_only_when_it_is_not_the_one_of_the_moment(
    server: AsyncServer, make_event: MakeEvent
) -> None:
    """Once the schema is mended there is another, and the letter must not insist on the old one."""
    current = server.plugins.types["tool_start"].schema_id
    await server.publish(
        make_event(dataschema=current, data={"tool": 5}), make_event(dataschema="urn:eventyard:tool_start/0.9.0")
    )
    kept = [letter["body"].get("dataschema") for letter in await letters(server)]
    assert kept == [None, "urn:eventyard:tool_start/0.9.0"]


async def test_a_line_that_is_no_json_is_kept_as_text(server: AsyncServer, http: aiohttp.ClientSession) -> None:
    """Also what is not even text, as far as it can be shown."""
    lines = b'{"type": oops}\n"\xff"\n'
    async with http.post("/v1/events", data=lines, headers={"Content-Type": "application/x-ndjson"}):
        pass
    assert [(letter["body"], letter["text"]) for letter in await letters(server)] == [
        (None, '{"type": oops}'),
        (None, '"\ufffd"'),
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"n": 10**30}, '{"n": 1000000000000000000000000000000}'),
        ({"s": "\ud800"}, '{"s": "\\ud800"}'),
        ({"o": Path("x")}, f"no JSON: {{'o': {Path('x')!r}}}"),
        ({("a",): 1}, "no JSON: {('a',): 1}"),
        ({1: 2}, "no JSON: {1: 2}"),
        ({"b": b"x"}, "no JSON: {'b': b'x'}"),
        ({"n": float("nan")}, "no JSON: {'n': nan}"),
    ],
    ids=["long number", "half a surrogate pair", "object", "key", "number as a key", "bytes", "no number"],
)
async def test_what_json_cannot_carry_is_kept_as_the_nearest_text(server: AsyncServer, value: Any, text: str) -> None:
    await server.publish(value)
    (letter,) = await letters(server)
    assert letter["body"] is None
    assert letter["text"].startswith(text[:-1])


async def test_harmless_headers_of_a_hook_call_are_kept_and_no_others(
    server: AsyncServer, http: aiohttp.ClientSession
) -> None:
    kept = {
        "content-type": "application/json",
        "user-agent": "agent/1",
        "traceparent": "00-1-2-01",
        "eventyard-host": "laptop",
        "x-github-event": "push",
        "x-github-delivery": "d1",
    }
    names = ["Authorization", "Cookie", "X-Api-Key", "X-Hub-Signature-256", "eventyard-token", "x-event-token"]
    secret = dict.fromkeys(names, "s3cret")
    async with http.post("/v1/hooks/claude-code", data=b"{}", headers=kept | secret) as response:
        assert response.status == 204
    (letter,) = await letters(server)
    assert (letter["foreign"], letter["headers"]) == (True, kept)
    assert "s3cret" not in json.dumps(letter)


async def test_a_header_that_is_no_plain_text_is_left_out(server: AsyncServer, http: aiohttp.ClientSession) -> None:
    headers = {"user-agent": "agént"}
    async with http.post("/v1/hooks/claude-code", data=b"{}", headers=headers):
        pass
    (letter,) = await letters(server)
    assert "user-agent" not in letter["headers"]


class Relay(Plugin):
    """Decodes ``{"events": [...]}``; an empty ``{}`` is malformed."""

    @hookimpl
    def decode(self, source: str, body: Any, headers: Any) -> list[Event] | None:
        if source != "relay":
            return None
        if not body:
            raise MalformedBody("there is nothing in it")
        return [Event.create("tool_start", source="/relay", data=data) for data in body["events"]]


async def test_a_hook_call_is_the_letter_when_all_its_events_are_refused(
    start_server: StartServer, connect: Callable[..., Awaitable[Any]]
) -> None:
    """And one error event tells of it, by what it was decoded to."""
    server = await start_server({"relay": Relay()})
    errors = await connect(server, "/errors")
    body = {"events": [{"tool": 1}, {"tool": 2}]}
    async with aiohttp.ClientSession(server.url) as http, http.post("/v1/hooks/relay", json=body) as response:
        assert response.status == 204
    (letter,) = await letters(server)
    assert (letter["foreign"], letter["body"], letter["type"]) == (True, body, "tool_start")
    assert [issue["pointer"] for issue in letter["issues"]] == ["/data/tool", "/data/tool"]
    (error,) = await errors.wait("error")
    assert (error["data"]["event_type"], error["data"]["dead_letter"]) == ("tool_start", 1)


async def test_a_refused_event_is_the_letter_when_others_of_its_hook_call_are_accepted(
    start_server: StartServer,
) -> None:
    server = await start_server({"relay": Relay()})
    body = {"events": [{"tool": "Bash"}, {"tool": 2}]}
    async with aiohttp.ClientSession(server.url) as http, http.post("/v1/hooks/relay", json=body):
        pass
    (letter,) = await letters(server)
    assert (letter["foreign"], letter["body"]["data"], letter["intake"]) == (False, {"tool": 2}, "relay")


async def test_the_error_event_names_the_letter(
    server: AsyncServer, http: aiohttp.ClientSession, connect: Callable[..., Awaitable[Any]], make_event: MakeEvent
) -> None:
    errors = await connect(server, "/errors")
    async with http.post("/v1/events", json=[make_event(), make_event("nothing", id="b"), make_event("nil", id="c")]):
        pass
    told = {error["data"]["event_id"]: error["data"]["dead_letter"] for error in await errors.wait("error", 2)}
    assert told == {letter["body"]["id"]: letter["number"] for letter in await letters(server)}


async def test_letters_are_listed_in_pages_and_by_type(server: AsyncServer, http: aiohttp.ClientSession) -> None:
    for number in range(5):
        await server.publish({"type": f"t{number % 2}", "source": "/x", "data": {}})
    async with http.get("/v1/dead-letters?limit=2&type=t0") as response:
        page = await response.json()
    assert [letter["number"] for letter in page["dead_letters"]] == [1, 3]
    assert (page["total"], page["kept"], page["matching"], page["next"]) == (5, 5, 3, 3)
    assert [letter["number"] for letter in await letters(server, "?after=3&type=t0")] == [5]
    assert [letter["number"] for letter in await letters(server, "?type=t0&type=t1")] == [1, 2, 3, 4, 5]


async def test_a_letter_is_shown_by_its_number(server: AsyncServer, http: aiohttp.ClientSession) -> None:
    await server.publish({"type": "nothing", "source": "/x", "data": {}})
    async with http.get("/v1/dead-letters/1") as response:
        assert [await response.json()] == await letters(server)


@pytest.mark.parametrize("number", ["0", "2", "-1", "abc", "1.0", str(2**63), "9" * 40, "retry"])
@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("DELETE", ""), ("POST", "/retry")], ids=["show", "discard", "retry"]
)
async def test_a_wrong_number_is_404(
    server: AsyncServer, http: aiohttp.ClientSession, method: str, path: str, number: str
) -> None:
    await server.publish({"type": "nothing", "source": "/x", "data": {}})
    async with http.request(method, f"/v1/dead-letters/{number}{path}") as response:
        problem = await response.json()
    assert (response.status, problem["type"]) == (404, "urn:eventyard:problem:unknown_letter")
    assert number in problem["detail"]


@pytest.mark.parametrize("query", ["after=x", "limit=-1", "after=1e3", f"limit={'9' * 30}"])
async def test_a_parameter_that_is_no_number_is_400(http: aiohttp.ClientSession, query: str) -> None:
    async with http.get(f"/v1/dead-letters?{query}") as response:
        assert response.status == 400


async def test_a_discarded_letter_is_gone(server: AsyncServer, http: aiohttp.ClientSession) -> None:
    await server.publish(*({"type": "nothing", "source": "/x", "data": {}} for _ in range(2)))
    for status in (204, 404):
        async with http.delete("/v1/dead-letters/1") as response:
            assert response.status == status
    assert [letter["number"] for letter in await letters(server)] == [2]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/dead-letters"),
        ("GET", "/v1/dead-letters/1"),
        ("DELETE", "/v1/dead-letters/1"),
        ("POST", "/v1/dead-letters/1/retry"),
        ("POST", "/v1/dead-letters/retry"),
    ],
)
async def test_the_gate_stands_before_them(start_server: StartServer, method: str, path: str) -> None:
    server = await start_server(token="secret")
    await server.publish({"type": "nothing", "source": "/x", "data": {}})
    right = {"Authorization": "Bearer secret"}
    async with aiohttp.ClientSession(server.url) as http:
        for headers, status in [({}, 401), (right | {"Host": "evil.example"}, 403)]:
            async with http.request(method, path, headers=headers) as response:
                assert response.status == status
        async with http.get("/v1/dead-letters/1", headers=right) as response:
            assert (await response.json())["retries"] == 0


async def test_a_page_of_a_listed_origin_may_discard(start_server: StartServer) -> None:
    server = await start_server(token="secret", cors_origins=["https://dashboard.example"])
    headers = {"Origin": "https://dashboard.example", "Access-Control-Request-Method": "DELETE"}
    async with (
        aiohttp.ClientSession(server.url) as http,
        http.options("/v1/dead-letters/1", headers=headers) as response,
    ):
        assert "DELETE" in response.headers["Access-Control-Allow-Methods"]


async def test_letters_and_numbers_survive_a_restart(start_server: StartServer, tmp_path: Path) -> None:
    server = await start_server(data_dir=str(tmp_path))
    await server.publish(*({"type": f"t{number}", "source": "/x", "data": {}} for number in range(3)))
    before = await letters(server)
    await server.stop()
    server = await start_server(data_dir=str(tmp_path))
    assert await letters(server) == before
    await server.publish({"type": "t3", "source": "/x", "data": {}})
    assert [letter["number"] for letter in await letters(server)] == [1, 2, 3, 4]


async def test_in_memory_they_end_with_the_server(start_server: StartServer, tmp_path: Path) -> None:
    server = await start_server(data_dir=str(tmp_path), journal={"durability": "memory"})
    await server.publish({"type": "nothing", "source": "/x", "data": {}})
    assert len(await letters(server)) == 1
    assert list(tmp_path.iterdir()) == []


async def test_the_bound_of_bytes_is_a_setting(start_server: StartServer) -> None:
    server = await start_server(dead_letter_bytes=25_000)
    for _ in range(4):
        await server.publish({"type": "nothing", "source": "/x", "data": {"text": "x" * 10_000}})
    assert [letter["number"] for letter in await letters(server)] == [3, 4]


async def test_a_damaged_file_keeps_no_server_from_starting(start_server: StartServer, tmp_path: Path) -> None:
    (tmp_path / "dead-letters.sqlite3").write_bytes(b"this is no database" * 100)
    server = await start_server(data_dir=str(tmp_path))
    assert await letters(server) == []
    assert (tmp_path / "dead-letters.set-aside-1.sqlite3").exists()


async def test_a_file_that_cannot_be_used_is_told_and_costs_letters_only(
    start_server: StartServer, make_event: MakeEvent, tmp_path: Path
) -> None:
    (tmp_path / "dead-letters.sqlite3").mkdir()
    server = await start_server(data_dir=str(tmp_path))
    async with aiohttp.ClientSession(server.url) as http:
        for event, status in [(make_event(), 202), (make_event("nothing"), 422)]:
            async with http.post("/v1/events", json=event) as response:
                assert response.status == status
        async with http.get("/health") as response:
            health = await response.json()
        async with http.get("/readyz") as response:
            assert response.status == 204
        for method, path in [("GET", ""), ("GET", "/1"), ("DELETE", "/1"), ("POST", "/1/retry")]:
            async with http.request(method, f"/v1/dead-letters{path}") as response:
                assert (response.status, (await response.json())["type"]) == (503, "urn:eventyard:problem:unavailable")
    assert (health["status"], health["journal_failure"]) == ("degraded", None)
    assert "dead-letters.sqlite3 cannot be used" in health["dead_letter_failure"]


async def test_health_and_metrics_count_letters(server: AsyncServer, http: aiohttp.ClientSession) -> None:
    await server.publish(*({"type": "nothing", "source": "/x", "data": {}} for _ in range(3)))
    await letters(server)
    async with http.get("/health") as response:
        health = await response.json()
    assert (health["dead_letters"], health["dead_letter_failure"], health["status"]) == (3, None, "healthy")
    assert server.metrics.value("eventyard_dead_letters") == 3


async def test_a_flood_of_refused_events_costs_letters_and_no_accepted_event(
    start_server: StartServer, make_event: MakeEvent
) -> None:
    """All is answered; what the queue cannot hold is counted, and nothing else is missing."""
    server = await start_server(dead_letter_capacity=500, max_batch=20_000)
    flood = [{"type": "nothing", "source": "/flood", "data": {}}] * 12_000

    async def refuse() -> None:
        await server.publish(*flood)

    async def accept(number: int) -> str:
        (outcome,) = await server.publish(make_event(id=f"a{number}"))
        return outcome.status.value

    _, statuses = await asyncio.gather(refuse(), asyncio.gather(*(accept(n) for n in range(50))))
    assert statuses == ["accepted"] * 50
    async with aiohttp.ClientSession(server.url) as http, http.get("/v1/dead-letters?limit=1") as response:
        page = await response.json()
    dropped = server.metrics.value("eventyard_dropped_events_total", reason="dead_letter_queue")
    assert page["total"] + dropped == 12_000
    assert page["kept"] == 500


async def test_a_sender_that_hangs_up_loses_no_letter(server: AsyncServer, make_event: MakeEvent) -> None:
    """What was refused is kept, although nobody waited for the others to be committed."""
    sending = asyncio.create_task(server.publish(make_event(), make_event("nothing", id="lost")))
    await asyncio.sleep(0)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    assert [letter["body"]["id"] for letter in await letters(server)] == ["lost"]
