"""Headers with bytes that are not UTF-8, and origins that are none: refused or cleaned, never a failure."""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import orjson
import pytest
from eventyard import AsyncServer

Connect = Callable[..., Awaitable[Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]

HANDSHAKE = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
    b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n" % base64.b64encode(bytes(16))
)

#: Of an event whose body is its data.
ATTRIBUTES = (b"Content-Type: application/json", b"ce-specversion: 1.0", b"ce-type: tool_start", b"ce-source: /x")


class Wire:
    """A TCP connection to a server, written and read byte by byte; no HTTP library sends such headers."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def ask(self, request: str, *headers: bytes, body: bytes = b"") -> tuple[int, dict[str, Any]]:
        """Send a request; gives the status of the answer, and its JSON."""
        lines = [f"{request} HTTP/1.1".encode(), b"Host: localhost", b"Content-Length: %d" % len(body), *headers]
        self.writer.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        async with asyncio.timeout(5):
            head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
            return int(head.split()[1]), orjson.loads(await self.reader.readexactly(length))

    async def join(self, namespace: str, *headers: bytes) -> str:
        """Open a websocket and join ``namespace``; gives the answer to that."""
        self.writer.write(HANDSHAKE + b"".join(line + b"\r\n" for line in headers) + b"\r\n")
        async with asyncio.timeout(5):
            await self.reader.readuntil(b"\r\n\r\n")
            await self._frame()
            message = f"40{namespace},".encode()
            self.writer.write(bytes([0x81, 0x80 | len(message)]) + bytes(4) + message)
            return await self._frame()

    async def _frame(self) -> str:
        _, length = await self.reader.readexactly(2)
        if length == 126:
            length = int.from_bytes(await self.reader.readexactly(2))
        return (await self.reader.readexactly(length)).decode()


OpenWire = Callable[[AsyncServer], Awaitable[Wire]]


@pytest.fixture
async def open_wire() -> AsyncIterator[OpenWire]:
    """Open connections to a server."""
    opened: list[Wire] = []

    async def open_one(server: AsyncServer) -> Wire:
        opened.append(Wire(*await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))))
        return opened[-1]

    yield open_one
    for each in opened:
        each.writer.close()


async def test_a_token_that_is_no_text_is_a_wrong_token(start_server: StartServer, open_wire: OpenWire) -> None:
    server = await start_server(token="secret-token")
    status, answer = await (await open_wire(server)).ask("GET /v1/schemas", b"Authorization: Bearer \xff")
    assert (status, answer["type"]) == (401, "urn:eventyard:problem:unauthorized")


async def test_who_joins_with_a_token_that_is_no_text_is_refused(
    start_server: StartServer, open_wire: OpenWire
) -> None:
    server = await start_server(token="secret-token")
    answer = await (await open_wire(server)).join("/tools", b"Authorization: Bearer \xff")
    assert answer.startswith("44/tools,")
    assert "auth.token is missing or wrong" in answer


@pytest.mark.parametrize("origin", [b"http://[", b"http://[::1", b"http://\xff", b"\xff"])
@pytest.mark.parametrize("settings", [{}, {"token": "secret-token", "cors_origins": "*"}], ids=["closed", "open"])
async def test_an_origin_that_is_none_is_refused(
    start_server: StartServer, open_wire: OpenWire, origin: bytes, settings: dict[str, Any]
) -> None:
    server = await start_server(**settings)
    status, answer = await (await open_wire(server)).ask("GET /health", b"Origin: " + origin)
    assert (status, answer["type"]) == (403, "urn:eventyard:problem:origin")


async def test_the_name_of_a_client_is_shown_without_the_bytes_that_are_no_text(
    server: AsyncServer, connect: Connect, open_wire: OpenWire, http: aiohttp.ClientSession
) -> None:
    watcher = await connect(server, "/system")
    assert (await (await open_wire(server)).join("/tools", b"User-Agent: editor \xff/1")).startswith("40/tools,")
    async with http.get("/connections") as response:
        assert response.status == 200
        agents = [each["user_agent"] for each in (await response.json())["connections"]]
    assert "editor \ufffd/1" in agents
    async with asyncio.timeout(5):
        while not any(told["data"]["namespace"] == "/tools" for told in watcher.named("connection_status")):
            await asyncio.sleep(0.01)
    told = next(each for each in watcher.named("connection_status") if each["data"]["namespace"] == "/tools")
    assert told["data"]["user_agent"] == "editor \ufffd/1"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"Euro%20%E2%82%AC", "Euro €"),
        (b"euro%20%e2%82%ac", "euro €"),
        ("Euro €".encode(), "Euro €"),
        (b"100%2525", "100%25"),
        (b"100% of it", "100% of it"),
        (b'"a \\"word\\" %22more%22"', 'a "word" "more"'),
    ],
)
async def test_percent_encoding_and_quotes_of_a_binary_cloudevent_are_undone(
    server: AsyncServer, http: aiohttp.ClientSession, open_wire: OpenWire, value: bytes, text: str
) -> None:
    """CloudEvents HTTP binding §3.1.3.2."""
    wire = await open_wire(server)
    headers = (*ATTRIBUTES, b"ce-subject: " + value)
    status, _ = await wire.ask("POST /v1/events", *headers, body=b'{"tool":"Bash"}')
    assert status == 202
    async with http.get("/v1/streams/tools/events") as response:
        (event,) = (await response.json())["events"]
    assert event["subject"] == text


@pytest.mark.parametrize("value", [b"\xff", b"%ff", b"%C0%A0", b"%ED%B3%BF", b"\xe2%82"])
@pytest.mark.parametrize("name", [b"ce-subject", b"CE-Id"])
async def test_a_binary_cloudevent_that_is_no_text_is_refused_with_the_name_of_the_header(
    server: AsyncServer, open_wire: OpenWire, name: bytes, value: bytes
) -> None:
    wire = await open_wire(server)
    headers = (*ATTRIBUTES, name + b": " + value)
    status, answer = await wire.ask("POST /v1/events", *headers, body=b'{"tool":"Bash"}')
    assert (status, answer["type"]) == (400, "urn:eventyard:problem:malformed")
    assert f"the header {name.decode().lower()} is not UTF-8" in answer["detail"]
