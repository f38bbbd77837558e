"""What a token is for: to publish, to read all or some namespaces, or everything."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import pytest
import socketio
from eventyard import AsyncServer, Settings
from eventyard.access import Scope, TokenFile
from eventyard.errors import SettingsError, TokenFileError
from yarl import URL

MakeEvent = Callable[..., dict[str, Any]]
Connect = Callable[..., Awaitable[Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]


class Yard:
    """A server with the tokens that were made before its start, and who asks it."""

    server: AsyncServer

    def __init__(self, start_server: StartServer, directory: Path) -> None:
        self.file = TokenFile(directory / "tokens.json")
        self._start = start_server
        self._directory = directory

    async def start(self) -> None:
        self.server = await self._start(data_dir=str(self._directory))

    def token(self, *scopes: str, namespaces: set[str] | None = None, expires: float | None = None) -> str:
        name = "-".join(("token", *scopes))
        only = None if namespaces is None else frozenset(namespaces)
        return self.file.create(name, frozenset(map(Scope, scopes)), namespaces=only, now=time.time(), expires=expires)

    async def status(self, token: str | None, path: str, body: Any = None) -> int:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        method = "GET" if body is None else "POST"
        async with (
            aiohttp.ClientSession(self.server.url) as http,
            http.request(method, path, json=body, headers=headers) as response,
        ):
            return response.status

    async def until(self, token: str | None, path: str, status: int, body: Any = None) -> None:
        async with asyncio.timeout(5):
            while await self.status(token, path, body) != status:
                await asyncio.sleep(0.05)


@pytest.fixture
def yard(start_server: StartServer, tmp_path: Path) -> Yard:
    """A server that is not started yet, with a token that nobody has, so that it asks for one."""
    yard = Yard(start_server, tmp_path)
    yard.file.create("nobody's", frozenset(), namespaces=None, now=0.0, expires=None)
    return yard


EVENT = {"type": "tool_start", "source": "/test", "data": {"tool": "Bash"}}
HOOK = {"hook_event_name": "Stop", "session_id": "s1"}

REQUESTS: dict[str, tuple[str, Any]] = {
    "events": ("/v1/events", EVENT),
    "hooks": ("/v1/hooks/claude-code", HOOK),
    "streams": ("/v1/streams", None),
    "kept": ("/v1/streams/tools/events", None),
    "metrics": ("/metrics", None),
    "schemas": ("/v1/schemas", None),
    "schema": ("/v1/schemas/tool_start/1.0.0", None),
    "asyncapi": ("/v1/asyncapi.json", None),
    "page": ("/schemas", None),
    "letters": ("/v1/dead-letters", None),
    "connections": ("/connections", None),
}


@pytest.mark.parametrize(
    ("scopes", "allowed"),
    [
        (["publish"], {"events", "hooks", "schemas", "schema", "asyncapi", "page"}),
        (["read"], {"streams", "kept", "metrics", "schemas", "schema", "asyncapi", "page"}),
        (["publish", "read"], set(REQUESTS) - {"letters", "connections"}),
        (["admin"], set(REQUESTS)),
    ],
)
async def test_a_token_is_for_its_scopes_alone(yard: Yard, scopes: list[str], allowed: set[str]) -> None:
    token = yard.token(*scopes)
    await yard.start()
    statuses = {name: await yard.status(token, *request) for name, request in REQUESTS.items()}
    assert {name for name, status in statuses.items() if status < 300} == allowed
    assert {status for name, status in statuses.items() if name not in allowed} <= {403}


async def test_without_a_token_nothing_is_allowed(yard: Yard) -> None:
    await yard.start()
    assert {await yard.status(None, *request) for request in REQUESTS.values()} == {401}
    assert await yard.status(None, "/health") == 200


async def test_a_refusal_says_what_is_needed(yard: Yard) -> None:
    token = yard.token("read")
    await yard.start()
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession(yard.server.url) as http,
        http.post("/v1/events", json=EVENT, headers=headers) as response,
    ):
        assert response.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="publish"'
        problem = await response.json()
    assert (problem["status"], problem["type"]) == (403, "urn:eventyard:problem:forbidden")
    assert problem["detail"] == "the token 'token-read' is for read; this needs the scope publish"


async def test_a_path_that_is_not_there_needs_the_most(yard: Yard) -> None:
    token = yard.token("publish", "read")
    await yard.start()
    assert await yard.status(token, "/v1/nothing") == 403


@pytest.mark.parametrize(
    "path",
    [
        "/v1/streams/../dead-letters",
        "/v1/schemas/%2e%2e/dead-letters",
        "/v1/streams%2f..%2fdead-letters",
        "/v1/%64ead-letters",
        "/v1//dead-letters",
        "//v1/dead-letters",
        "/metrics/../connections",
        "/v1/streams/tools/../files/events",
        "/v1/streams/%66iles/events",
    ],
)
async def test_no_spelling_of_a_path_leads_past_the_scopes(yard: Yard, path: str) -> None:
    token = yard.token("read", namespaces={"/tools"})
    await yard.start()
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.get(URL(f"{yard.server.url}{path}", encoded=True)) as response,
    ):
        assert response.status in {403, 404}


async def test_who_publishes_may_not_read(yard: Yard, connect: Connect) -> None:
    token = yard.token("publish")
    await yard.start()
    with pytest.raises(socketio.exceptions.ConnectionError):
        await connect(yard.server, "/tools", auth={"token": token})
    publisher = await connect(yard.server, "/ingest", auth={"token": token})
    receipt = await publisher.socket.call("publish", EVENT, namespace="/ingest")
    assert receipt["accepted"] == 1


async def test_who_reads_may_not_publish(yard: Yard, connect: Connect) -> None:
    token = yard.token("read")
    await yard.start()
    await connect(yard.server, "/tools", auth={"token": token})
    with pytest.raises(socketio.exceptions.ConnectionError):
        await connect(yard.server, "/ingest", auth={"token": token})


async def test_who_may_read_some_namespaces_sees_no_other(yard: Yard, connect: Connect) -> None:
    token = yard.token("read", namespaces={"/tools"})
    await yard.start()
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(yard.server.url, headers=headers) as http:
        async with http.get("/v1/streams") as response:
            assert [stream["name"] for stream in (await response.json())["streams"]] == ["tools"]
        async with http.get("/v1/streams/files/events") as response:
            assert response.status == 403
            assert (await response.json())["detail"] == "the token is not for the stream 'files'"
        async with http.get("/v1/streams/tulls/events") as response:
            assert (response.status, (await response.json())["streams"]) == (404, ["tools"])
    await connect(yard.server, "/tools", headers=headers)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await connect(yard.server, "/files", headers=headers)


async def test_who_has_a_token_that_is_revoked_is_turned_out(yard: Yard, connect: Connect) -> None:
    token, kept = yard.token("read"), yard.token("admin")
    await yard.start()
    client = await connect(yard.server, "/tools", auth={"token": token}, transports=["websocket"])
    other = await connect(yard.server, "/tools", auth={"token": kept}, transports=["websocket"])
    yard.file.revoke("token-read")
    async with asyncio.timeout(5):
        while client.socket.connected:
            await asyncio.sleep(0.05)
    assert other.socket.connected
    assert await yard.status(token, "/v1/schemas") == 401


async def test_a_sender_whose_token_is_revoked_is_refused_also_on_a_kept_connection(yard: Yard) -> None:
    """What a sender's request begins with is remembered while its token is valid, and no longer."""
    token = yard.token("publish")
    await yard.start()
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(yard.server.url, headers=headers) as http:
        async with http.post("/v1/events", json=EVENT) as response:
            assert response.status == 202
        yard.file.revoke("token-publish")
        async with asyncio.timeout(5):
            while True:
                async with http.post("/v1/events", json=EVENT) as response:
                    if response.status == 401:
                        break


async def test_a_token_that_expires_turns_its_client_out(yard: Yard, connect: Connect) -> None:
    token = yard.token("read", expires=time.time() + 2.5)
    await yard.start()
    client = await connect(yard.server, "/tools", auth={"token": token}, transports=["websocket"])
    async with asyncio.timeout(8):
        while client.socket.connected:
            await asyncio.sleep(0.05)
    assert await yard.status(token, "/v1/schemas") == 401


async def test_the_first_token_closes_an_open_server(start_server: StartServer, tmp_path: Path) -> None:
    yard = Yard(start_server, tmp_path)
    await yard.start()
    assert not yard.server.needs_token
    assert await yard.status(None, "/v1/events", EVENT) == 202
    yard.token("admin")
    await yard.until(None, "/v1/events", 401, EVENT)
    assert yard.server.needs_token


async def test_a_json_web_token_is_for_its_scopes_until_its_end(start_server: StartServer, connect: Connect) -> None:
    secret = "a secret of more than thirty-two bytes"
    server = await start_server(jwt={"secret": secret, "issuer": "https://id.example"})
    claims = {"iss": "https://id.example", "sub": "ann", "scope": "read", "namespaces": ["tools"]}
    token = jwt.encode(claims | {"exp": int(time.time()) + 3}, secret)
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(server.url, headers=headers) as http:
        statuses = []
        for path in ("/v1/streams/tools/events", "/v1/streams/files/events", "/v1/dead-letters"):
            async with http.get(path) as response:
                statuses.append(response.status)
        assert statuses == [200, 403, 403]
        client = await connect(server, "/tools", auth={"token": token}, transports=["websocket"])
        async with asyncio.timeout(8):
            while client.socket.connected:
                await asyncio.sleep(0.05)
        async with http.get("/v1/streams/tools/events") as response:
            assert response.status == 401


def test_a_server_that_others_can_reach_may_have_tokens_of_the_file_alone(tmp_path: Path) -> None:
    settings = Settings().with_changes(host="0.0.0.0", port=0, data_dir=str(tmp_path))
    file = TokenFile(tmp_path / "tokens.json")
    file.create("old", frozenset(Scope), namespaces=None, now=0.0, expires=1.0)
    with pytest.raises(SettingsError, match="eventyard token create"):
        AsyncServer(settings)
    file.create("new", frozenset(Scope), namespaces=None, now=0.0, expires=None)
    AsyncServer(settings)


def test_a_server_whose_tokens_cannot_be_read_does_not_start(tmp_path: Path) -> None:
    (tmp_path / "tokens.json").write_text("{")
    with pytest.raises(TokenFileError, match=r"tokens\.json cannot be read"):
        AsyncServer(Settings().with_changes(data_dir=str(tmp_path)))
