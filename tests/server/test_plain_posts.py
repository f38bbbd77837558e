"""Plain posts take a short way in, which nobody can tell from the long one but by the clock.

A head that comes in two pieces goes the long way, through aiohttp, so that the same request can be sent both ways.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import orjson
import pytest
from eventyard import AsyncServer

MakeEvent = Callable[..., dict[str, Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]
Answer = tuple[int, dict[str, str], bytes]

HOOK = {"hook_event_name": "UserPromptSubmit", "session_id": "s1", "prompt": "go", "cwd": "/x", "transcript_path": "/t"}


class Connection:
    """One HTTP connection, written and read byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, request: bytes) -> None:
        self.writer.write(request)

    async def send_slowly(self, request: bytes, *, first: int) -> None:
        """Send the ``first`` bytes, and the rest when the server has seen them."""
        self.writer.write(request[:first])
        await self.writer.drain()
        await asyncio.sleep(0.05)
        self.writer.write(request[first:])

    async def receive(self) -> Answer:
        async with asyncio.timeout(5):
            status, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().rstrip().split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in lines)
            body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        return int(status.split()[1]), headers, body


@pytest.fixture
async def open_connection() -> AsyncIterator[Callable[[AsyncServer], Awaitable[Connection]]]:
    """Open connections to a server."""
    opened: list[Connection] = []

    async def open_one(server: AsyncServer) -> Connection:
        port = int(server.url.rpartition(":")[2])
        opened.append(Connection(*await asyncio.open_connection("127.0.0.1", port)))
        return opened[-1]

    yield open_one
    for each in opened:
        each.writer.close()


OpenConnection = Callable[[AsyncServer], Awaitable[Connection]]


def post(body: bytes, path: str = "/v1/events", **headers: str) -> bytes:
    lines = {"Host": "localhost", "Content-Type": "application/json"}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()} | {"Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def event(number: str) -> bytes:
    return orjson.dumps({"type": "tool_start", "source": "/test", "id": number, "data": {"tool": "Bash"}})


REQUESTS = {
    "an event": post(event("1")),
    "a list": post(b'[%s,%s,{"id":"3"}]' % (event("1"), event("2"))),
    "lines": post(event("1") + b"\n{broken\n", Content_Type="application/x-ndjson"),
    "an event of no known type": post(event("1").replace(b"tool_start", b"tool_stat")),
    "an invalid event": post(event("1").replace(b'"tool"', b'"fool"')),
    "no JSON": post(b"{broken"),
    "an event that is too large": post(event("1").replace(b"Bash", b"B" * 2000)),
    "a body that is too large": post(b'"%s"' % (b"B" * 20_000)),
    "another media type": post(event("1"), Content_Type="text/plain"),
    "another charset": post(event("1"), Content_Type="application/json; charset=latin-1"),
    "a foreign host": post(event("1"), Host="evil.example"),
    "a page of another origin": post(event("1"), Origin="https://evil.example"),
    "a hook call": post(orjson.dumps(HOOK), "/v1/hooks/claude-code"),
    "a hook call of no known source": post(orjson.dumps(HOOK), "/v1/hooks/none"),
    "a hook call that is no JSON": post(b"go", "/v1/hooks/claude-code"),
    "another path": post(event("1"), "/v1/event"),
}


@pytest.mark.parametrize("name", REQUESTS)
async def test_both_ways_give_the_same_answer(
    start_server: StartServer, open_connection: OpenConnection, name: str
) -> None:
    answers: list[Answer] = []
    for long_way in (False, True):
        server = await start_server(max_event_size=1024, max_body_size=16_384)
        connection = await open_connection(server)
        if long_way:
            await connection.send_slowly(REQUESTS[name], first=20)
        else:
            connection.send(REQUESTS[name])
        answers.append(await connection.receive())
    (status, headers, body), (long_status, long_headers, long_body) = answers
    assert (status, body) == (long_status, long_body)
    for header in ("content-type", "retry-after", "www-authenticate"):
        assert headers.get(header, "").partition(";")[0] == long_headers.get(header, "").partition(";")[0]
    assert headers["date"]


@pytest.mark.parametrize("authorization", ["Bearer s3cret", "bearer  s3cret", "Bearer wrong", "Basic s3cret"])
async def test_both_ways_ask_for_the_same_token(
    start_server: StartServer, open_connection: OpenConnection, authorization: str
) -> None:
    server = await start_server(token="s3cret")
    statuses = []
    for number in ("1", "2"):
        connection = await open_connection(server)
        request = post(event(number), Authorization=authorization)
        await connection.send_slowly(request, first=20 if number == "1" else len(request))
        statuses.append((await connection.receive())[0])
    assert statuses == ([202, 202] if "s3cret" in authorization and "asic" not in authorization else [401, 401])


async def test_requests_that_come_together_are_answered_in_order(
    server: AsyncServer, open_connection: OpenConnection
) -> None:
    connection = await open_connection(server)
    connection.send(b"".join(post(event(str(number))) for number in range(50)))
    for number in range(50):
        _, _, body = await connection.receive()
        assert orjson.loads(body)["results"][0]["id"] == str(number)


async def test_a_thousand_requests_that_are_refused_at_once_are_answered(
    server: AsyncServer, open_connection: OpenConnection
) -> None:
    """Each is answered before the next is looked at, and none of them on the other's stack."""
    connection = await open_connection(server)
    connection.send(post(b"{broken") * 2000)
    for _ in range(2000):
        assert (await connection.receive())[0] == 400


async def test_a_body_may_come_in_pieces(server: AsyncServer, open_connection: OpenConnection) -> None:
    connection = await open_connection(server)
    request = post(event("1"))
    await connection.send_slowly(request + request, first=len(request) - 10)
    assert [(await connection.receive())[0] for _ in range(2)] == [202, 202]


async def test_a_connection_may_go_on_with_any_other_request(
    server: AsyncServer, open_connection: OpenConnection
) -> None:
    """Also when it comes at once, behind a post, and with posts behind it."""
    connection = await open_connection(server)
    health = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    connection.send(post(event("1")) + health + post(event("2")))
    assert (await connection.receive())[0] == 202
    assert orjson.loads((await connection.receive())[2])["status"] == "healthy"
    assert (await connection.receive())[0] == 202


async def test_the_event_of_a_sender_that_hangs_up_is_kept(
    server: AsyncServer, open_connection: OpenConnection
) -> None:
    for number in range(20):
        connection = await open_connection(server)
        connection.send(post(event(str(number))))
        await connection.writer.drain()
        connection.writer.close()
    reader = await open_connection(server)
    async with asyncio.timeout(5):
        while True:
            reader.send(b"GET /v1/streams/tools/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            _, _, body = await reader.receive()
            if len(orjson.loads(body)["events"]) == 20:
                break


async def test_a_server_that_stops_answers_what_it_has_taken_and_closes(
    start_server: StartServer, open_connection: OpenConnection
) -> None:
    server = await start_server()
    idle, busy = await open_connection(server), await open_connection(server)
    busy.send(post(b"[%s]" % b",".join(event(str(number)) for number in range(500))))
    async with asyncio.timeout(5):
        while not server.metrics.value("eventyard_stage_seconds_count", stage="receive"):
            await asyncio.sleep(0)
    await server.stop()
    assert (await busy.receive())[0] == 202
    assert await busy.reader.read() == b""
    assert await idle.reader.read() == b""
