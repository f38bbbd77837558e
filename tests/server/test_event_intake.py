"""``POST /v1/events``: every media type, and the right answer to every wrong request."""

import io
import json
from collections.abc import Callable
from typing import Any

import aiohttp
import orjson
import pytest
from eventyard import AsyncServer

MakeEvent = Callable[..., dict[str, Any]]


async def post(http: aiohttp.ClientSession, body: bytes, media_type: str | None) -> tuple[int, dict[str, Any]]:
    headers = {"Content-Type": media_type} if media_type else {}
    async with http.post(
        "/v1/events", data=io.BytesIO(body), headers=headers, skip_auto_headers=["Content-Type"]
    ) as response:
        return response.status, orjson.loads(await response.read())


async def test_one_event_is_accepted_with_its_place(http: aiohttp.ClientSession, make_event: MakeEvent) -> None:
    status, answer = await post(http, orjson.dumps(make_event(id="first")), "application/json")
    assert status == 202
    result = {"id": "first", "status": "accepted", "stream": "tools", "offset": 1, "issues": []}
    assert answer == {"accepted": 1, "duplicate": 0, "rejected": 0, "results": [result]}


async def test_an_array_is_accepted_event_by_event(http: aiohttp.ClientSession, make_event: MakeEvent) -> None:
    events = [make_event(), make_event("no_such_type"), make_event("error")]
    status, answer = await post(http, orjson.dumps(events), "application/json")
    assert status == 202
    assert [result["status"] for result in answer["results"]] == ["accepted", "rejected", "accepted"]


async def test_an_empty_array_is_accepted_as_nothing(http: aiohttp.ClientSession) -> None:
    status, answer = await post(http, b"[]", "application/cloudevents-batch+json")
    assert (status, answer) == (202, {"accepted": 0, "duplicate": 0, "rejected": 0, "results": []})


@pytest.mark.parametrize("media_type", ["application/cloudevents+json", "application/json; charset=utf-8"])
async def test_a_structured_cloudevent_is_accepted(
    http: aiohttp.ClientSession, make_event: MakeEvent, media_type: str
) -> None:
    status, answer = await post(http, orjson.dumps(make_event(specversion="1.0")), media_type)
    assert (status, answer["accepted"]) == (202, 1)


async def test_a_binary_cloudevent_is_accepted(http: aiohttp.ClientSession, server: AsyncServer) -> None:
    """Its attributes are headers, its body is the data."""
    headers = {"ce-specversion": "1.0", "ce-type": "tool_start", "ce-source": "/test", "ce-id": "b1", "ce-session": "s"}
    async with http.post("/v1/events", json={"tool": "Bash"}, headers=headers) as response:
        assert response.status == 202
    async with http.get("/v1/streams/tools/events") as response:
        (event,) = (await response.json())["events"]
    assert (event["id"], event["session"], event["data"]["tool"]) == ("b1", "s", "Bash")


@pytest.mark.parametrize("media_type", ["application/x-ndjson", "application/jsonl"])
async def test_ndjson_is_accepted_line_by_line(
    http: aiohttp.ClientSession, make_event: MakeEvent, media_type: str
) -> None:
    """A line that is no JSON costs that line only, and is told by its number."""
    lines = [orjson.dumps(make_event()), b"", b"{broken", orjson.dumps(make_event())]
    status, answer = await post(http, b"\n".join(lines), media_type)
    assert status == 202
    assert [result["status"] for result in answer["results"]] == ["accepted", "rejected", "accepted"]
    (issue,) = answer["results"][1]["issues"]
    assert issue["keyword"] == "json"
    assert issue["message"].endswith("at line 3, column 2")


async def test_missing_id_and_time_are_filled_in(http: aiohttp.ClientSession, make_event: MakeEvent) -> None:
    event = make_event()
    del event["id"]
    _, answer = await post(http, orjson.dumps(event), "application/json")
    async with http.get("/v1/streams/tools/events") as response:
        (kept,) = (await response.json())["events"]
    assert kept["id"] == answer["results"][0]["id"]
    assert kept["time"].endswith("Z")
    assert kept["specversion"] == "1.0"


async def test_the_server_adds_its_own_attributes(http: aiohttp.ClientSession, make_event: MakeEvent) -> None:
    """A sender cannot set them: a recording that is sent in again carries those of its first life."""
    event = make_event(sequence="99999999999999999999", recordedtime="2001-01-01T00:00:00Z")
    await post(http, orjson.dumps(event), "application/json")
    async with http.get("/v1/streams/tools/events") as response:
        (kept,) = (await response.json())["events"]
    assert kept["sequence"] == "00000000000000000001"
    assert not kept["recordedtime"].startswith("2001")
    assert kept["dataschema"] == "urn:eventyard:tool_start/1.0.0"


@pytest.mark.parametrize(
    ("body", "media_type", "status", "code"),
    [
        (b"{", "application/json", 400, "malformed"),
        (b"\xff\xfe", "application/json", 400, "malformed"),
        (b'{"a": NaN}', "application/json", 400, "malformed"),
        (b"", "application/json", 400, "malformed"),
        (b"{}", "application/cloudevents-batch+json", 400, "malformed"),
        (b"{}", "text/plain", 415, "media_type"),
        (b"{}", None, 415, "media_type"),
        (b"{}", "application/json; charset=latin-1", 415, "media_type"),
        (b"[" + b"{}," * 10_000 + b"{}]", "application/json", 413, "too_large"),
        (b"{}\n" * 10_001, "application/x-ndjson", 413, "too_large"),
        (b'{"type": "tool_start", "x": "' + b"a" * 1_048_576 + b'"}', "application/json", 413, "too_large"),
        (b"1" * 16_777_217, "application/json", 413, "too_large"),
        (b"{}", "application/json", 422, "invalid_event"),
        (b"7", "application/json", 422, "invalid_event"),
    ],
)
async def test_a_wrong_request_gets_a_problem_that_says_what_is_wrong(
    http: aiohttp.ClientSession, body: bytes, media_type: str | None, status: int, code: str
) -> None:
    """RFC 9457 problem details, whatever is wrong."""
    headers = {"Content-Type": media_type} if media_type else {}
    async with http.post(
        "/v1/events", data=io.BytesIO(body), headers=headers, skip_auto_headers=["Content-Type"]
    ) as response:
        answer = orjson.loads(await response.read())
        assert response.status == status
        assert response.content_type == "application/problem+json"
    assert answer["type"] == f"urn:eventyard:problem:{code}"
    assert answer["status"] == status
    assert answer["detail"]


def nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(depth):
        value = {"deeper": value}
    return value


@pytest.mark.parametrize(
    ("changes", "keyword", "pointer"),
    [
        ({"type": "tool_strat"}, "unknown_type", "/type"),
        ({"data": {}}, "required", "/data"),
        ({"data": {"tool": 5}}, "type", "/data/tool"),
        ({"data": {"tool": "Bash", "input": nested(100)}}, "too_deep", None),
        ({"data": {"tool": "Bash", "input": 2**60}}, "integer_range", "/data/input"),
        ({"source": None}, "required", ""),
        ({"time": "yesterday"}, "format", "/time"),
        ({"Not_Allowed": "x"}, "propertyNames", "/Not_Allowed"),
        ({"dataschema": "urn:eventyard:tool_start/9.0.0"}, "dataschema", "/dataschema"),
    ],
)
async def test_an_invalid_event_is_422_with_every_issue_located(
    http: aiohttp.ClientSession, make_event: MakeEvent, changes: dict[str, Any], keyword: str, pointer: str | None
) -> None:
    status, answer = await post(http, orjson.dumps(make_event(**changes)), "application/json")
    assert status == 422
    (result,) = answer["results"]
    issues = {issue["keyword"]: issue["pointer"] for issue in result["issues"]}
    assert keyword in issues
    assert pointer is None or issues[keyword] == pointer


async def test_the_nearest_type_is_told_for_an_unknown_one(http: aiohttp.ClientSession, make_event: MakeEvent) -> None:
    _, answer = await post(http, orjson.dumps(make_event("tool_strat")), "application/json")
    assert "did you mean 'tool_start'" in answer["detail"]


async def test_issues_never_repeat_the_payload(http: aiohttp.ClientSession, make_event: MakeEvent) -> None:
    """A refused event may hold a secret."""
    secret = "sk-very-secret"
    event = make_event(data={"tool": {"password": secret}}, session=["x", secret])
    _, answer = await post(http, orjson.dumps(event), "application/json")
    assert secret not in json.dumps(answer)


async def test_an_event_that_only_enrichment_makes_too_large_is_refused(
    http: aiohttp.ClientSession, make_event: MakeEvent
) -> None:
    """The bound holds for what is kept and sent."""
    event = make_event(data={"tool": "Bash", "input": "a" * (1_048_576 - 160)})
    status, answer = await post(http, orjson.dumps(event), "application/json")
    assert (status, answer["results"][0]["issues"][0]["keyword"]) == (422, "too_large")


async def test_the_same_event_counts_once_and_its_first_place_is_told(
    http: aiohttp.ClientSession, make_event: MakeEvent
) -> None:
    """Equal (source, id) is the same event, also within one request."""
    event = make_event()
    _, first = await post(http, orjson.dumps([event, event]), "application/json")
    _, again = await post(http, orjson.dumps(event), "application/json")
    assert [result["status"] for result in first["results"]] == ["accepted", "duplicate"]
    (result,) = again["results"]
    assert (result["status"], result["stream"], result["offset"]) == ("duplicate", "tools", 1)
    assert first["results"][1]["offset"] == 1


async def test_equal_ids_of_two_sources_are_two_events(http: aiohttp.ClientSession, make_event: MakeEvent) -> None:
    event = make_event()
    _, answer = await post(http, orjson.dumps([event, event | {"source": "/other"}]), "application/json")
    assert answer["accepted"] == 2


async def test_an_unknown_path_is_a_problem_too(http: aiohttp.ClientSession) -> None:
    async with http.get("/v1/nothing") as response:
        assert (response.status, response.content_type) == (404, "application/problem+json")
    async with http.get("/v1/events") as response:
        assert (response.status, response.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("method", "path", "status", "told"),
    [
        ("GET", "/v1/stream", 404, "there is no path '/v1/stream'; did you mean '/v1/streams'?"),
        (
            "POST",
            "/v1/hook/claude-code",
            404,
            "there is no path '/v1/hook/claude-code'; did you mean '/v1/hooks/{source}'?",
        ),
        ("GET", "/", 404, "there is no path '/'"),
        ("GET", "/v1/events", 405, "the path '/v1/events' takes POST, not GET"),
        ("PUT", "/v1/dead-letters/1", 405, "the path '/v1/dead-letters/1' takes DELETE, GET, HEAD, not PUT"),
    ],
)
async def test_a_path_or_a_method_that_is_not_there_is_told_with_what_is(
    http: aiohttp.ClientSession, method: str, path: str, status: int, told: str
) -> None:
    async with http.request(method, path) as response:
        problem = await response.json()
    assert (response.status, problem["type"]) == (status, "urn:eventyard:problem:http")
    assert problem["detail"] == told
