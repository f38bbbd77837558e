"""What no route could take, because it cannot be read, is told like all else that is wrong, and fills no log."""

import asyncio
import gzip
import logging
import zlib
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import pytest
from eventyard import AsyncServer

StartServer = Callable[..., Awaitable[AsyncServer]]

EVENT = orjson.dumps({"type": "tool_start", "source": "/test", "data": {"tool": "Bash"}})
HOOK = orjson.dumps(
    {"hook_event_name": "UserPromptSubmit", "session_id": "s1", "prompt": "go", "cwd": "/x", "transcript_path": "/t"}
)


def post(body: bytes, *headers: str, path: str = "/v1/events", length: bool = True) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", "Content-Type: application/json", *headers]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def get(path: bytes, *headers: str) -> bytes:
    return b"\r\n".join([b"GET %s HTTP/1.1" % path, b"Host: localhost", *(each.encode() for each in headers), b"", b""])


async def answer(server: AsyncServer, request: bytes) -> tuple[int, dict[str, Any]]:
    """The status of the answer to a request, and its problem details."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))
    try:
        writer.write(request)
        async with asyncio.timeout(5):
            status, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().rstrip().split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in lines)
            body = await reader.readexactly(int(headers["content-length"]))
    finally:
        writer.close()
    assert headers["content-type"] == "application/problem+json"
    problem = orjson.loads(body)
    assert int(status.split()[1]) == problem["status"]
    return problem["status"], problem


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize("path", ["/v1/events", "/v1/hooks/claude-code"])
@pytest.mark.parametrize("coding", ["gzip", "deflate", "GZIP"])
async def test_a_body_that_is_not_coded_as_it_says_is_malformed(
    server: AsyncServer, caplog: pytest.LogCaptureFixture, path: str, coding: str
) -> None:
    status, problem = await answer(server, post(b"\x78" * 100, f"Content-Encoding: {coding}", path=path))
    assert (status, problem["type"]) == (400, "urn:eventyard:problem:malformed")
    assert f"Content-Encoding '{coding}'" in problem["detail"]
    assert complaints(caplog) == []


@pytest.mark.parametrize("path", ["/v1/events", "/v1/hooks/claude-code", "/v1/dead-letters/retry"])
@pytest.mark.parametrize("coding", ["br", "foo", "compress", "gzip, gzip"])
async def test_a_coding_that_is_not_decoded_is_no_media_type_that_is_taken(
    server: AsyncServer, caplog: pytest.LogCaptureFixture, path: str, coding: str
) -> None:
    status, problem = await answer(server, post(EVENT, f"Content-Encoding: {coding}", path=path))
    assert (status, problem["type"]) == (415, "urn:eventyard:problem:media_type")
    assert "expected gzip, deflate or none" in problem["detail"]
    assert complaints(caplog) == []


@pytest.mark.parametrize(
    ("coding", "code"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("identity", bytes)],
    ids=lambda each: each,
)
async def test_what_is_coded_as_it_says_is_taken(
    server: AsyncServer, http: Any, coding: str, code: Callable[[bytes], bytes]
) -> None:
    headers = {"Content-Encoding": coding, "Content-Type": "application/json"}
    async with http.post("/v1/events", data=code(EVENT), headers=headers) as response:
        assert response.status == 202
    async with http.post("/v1/hooks/claude-code", data=code(HOOK), headers=headers) as response:
        assert response.status == 204


@pytest.mark.parametrize(
    ("request_bytes", "told"),
    [
        (post(b"zz\r\nabc\r\n", "Transfer-Encoding: chunked", length=False), "Invalid character in chunk size"),
        (post(EVENT, f"X-Long: {'a' * 9000}"), "8190 bytes"),
        (get(b"/" + b"a" * 9000), "8190 bytes"),
        (get(b"/\xff"), "Invalid char in url path"),
        (post(EVENT, "Content-Length: 1"), "Content-Length"),
        (get(b"/health", "A b: c"), "Invalid header token"),
        (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", ""),
    ],
    ids=["chunk", "header", "path", "raw byte", "two lengths", "header name", "no HTTP"],
)
async def test_what_is_no_http_is_a_problem_of_its_sender_alone(
    server: AsyncServer, caplog: pytest.LogCaptureFixture, request_bytes: bytes, told: str
) -> None:
    status, problem = await answer(server, request_bytes)
    assert (status, problem["type"]) == (400, "urn:eventyard:problem:malformed")
    assert told in problem["detail"]
    assert len(problem["detail"]) < 200
    assert complaints(caplog) == []


async def test_a_body_that_is_cut_off_by_its_sender_fills_no_log(
    server: AsyncServer, caplog: pytest.LogCaptureFixture
) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))
    writer.write(post(EVENT, "Expect: 100-continue")[:-10])
    await writer.drain()
    await asyncio.sleep(0.1)
    writer.close()
    await writer.wait_closed()
    await asyncio.sleep(0.1)
    assert complaints(caplog) == []
