"""Who is let in: host names, web pages of other origins, tokens."""

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
import socketio
from eventyard import AsyncServer, Settings
from eventyard.errors import SettingsError
from yarl import URL

Connect = Callable[..., Awaitable[Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]

HANDSHAKE = "/socket.io/?EIO=4&transport=polling"


@pytest.mark.parametrize("path", ["/health", "/v1/schemas", HANDSHAKE])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", ""])
async def test_a_foreign_host_name_is_refused(http: aiohttp.ClientSession, host: str, path: str) -> None:
    """A page whose name was made to resolve to this machine (DNS rebinding) is told by its Host."""
    async with http.get(path, headers={"Host": host}) as response:
        assert response.status == 403


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:8765", "[::1]:8765"])
async def test_loopback_host_names_are_fine(http: aiohttp.ClientSession, host: str) -> None:
    async with http.get("/health", headers={"Host": host}) as response:
        assert response.status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/health", "/v1/streams/tools/events", HANDSHAKE])
async def test_pages_of_other_origins_are_refused_while_there_is_no_token(
    http: aiohttp.ClientSession, headers: dict[str, str], path: str
) -> None:
    """``cors_origins: "*"`` lets them try, but they need a credential."""
    async with http.get(path, headers=headers) as response:
        assert response.status == 403
        assert "Access-Control-Allow-Origin" not in response.headers


async def test_pages_of_the_server_itself_are_fine(http: aiohttp.ClientSession, server: AsyncServer) -> None:
    async with http.get("/health", headers={"Origin": server.url}) as response:
        assert response.status == 200


async def test_a_link_from_another_page_is_fine(http: aiohttp.ClientSession) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    async with http.get("/health", headers=headers) as response:
        assert response.status == 200


async def test_with_a_token_every_request_needs_it(start_server: StartServer, connect: Connect) -> None:
    server = await start_server(token="secret-token")
    right = {"Authorization": "Bearer secret-token"}
    async with aiohttp.ClientSession(server.url) as http:
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic secret-token"}):
            async with http.get("/v1/schemas", headers=headers) as response:
                assert response.status == 401
                assert response.headers["WWW-Authenticate"] == "Bearer"
        async with http.get("/v1/schemas", headers=right) as response:
            assert response.status == 200
        async with http.get("/health") as response:
            assert response.status == 200
    with pytest.raises(socketio.exceptions.ConnectionError):
        await connect(server, "/tools")
    await connect(server, "/tools", auth={"token": "secret-token"})
    await connect(server, "/tools", headers=right)


async def test_with_a_token_a_listed_origin_may_read(start_server: StartServer) -> None:
    server = await start_server(token="secret-token", cors_origins=["https://dashboard.example"])
    origin = {"Origin": "https://dashboard.example"}
    async with aiohttp.ClientSession(server.url) as http:
        async with http.options("/v1/events", headers=origin) as response:
            assert response.status == 204
            assert response.headers["Access-Control-Allow-Origin"] == origin["Origin"]
            assert "Authorization" in response.headers["Access-Control-Allow-Headers"]
        async with http.get("/v1/schemas", headers=origin) as response:
            assert response.status == 401
        async with http.get("/v1/schemas", headers=origin | {"Authorization": "Bearer secret-token"}) as response:
            assert response.headers["Access-Control-Allow-Origin"] == origin["Origin"]
        async with http.get("/v1/schemas", headers={"Origin": "https://other.example"}) as response:
            assert response.status == 403


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])
def test_a_server_that_others_can_reach_needs_a_token(host: str) -> None:
    with pytest.raises(SettingsError, match=r"reachable from other machines.*EVENTYARD_TOKEN"):
        AsyncServer(Settings().with_changes(host=host))


async def test_no_more_clients_than_max_clients(start_server: StartServer, connect: Connect) -> None:
    server = await start_server(max_clients=2)
    await connect(server, "/tools")
    second = await connect(server, "/tools", transports=["websocket"])
    async with aiohttp.ClientSession(server.url) as http, http.get(HANDSHAKE) as response:
        assert response.status == 503
        assert response.headers["Retry-After"]
    await second.close()
    await connect(server, "/tools")


@pytest.mark.parametrize("session", ["sid=", "sid", "sid=&sid="])
@pytest.mark.parametrize("transport", ["polling", "websocket"])
async def test_an_empty_session_id_lets_nobody_past_max_clients(
    start_server: StartServer, connect: Connect, transport: str, session: str
) -> None:
    server = await start_server(max_clients=1)
    await connect(server, "/tools")
    url = URL(f"{server.url}/socket.io/?EIO=4&transport={transport}&{session}", encoded=True)
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    headers = upgrade | {"Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg=="} if transport == "websocket" else {}
    async with aiohttp.ClientSession() as http, http.get(url, headers=headers) as response:
        assert response.status == 503
        assert response.headers["Retry-After"]
