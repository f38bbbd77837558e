"""The stock JavaScript client, under Node.js."""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from eventyard import AsyncServer

StartServer = Callable[..., Awaitable[AsyncServer]]

HERE = Path(__file__).parent
HOOK_BODIES = [
    json.loads(line)["payload"]
    for line in (HERE.parent / "fixtures" / "claude_code_hooks.jsonl").read_text().splitlines()
]

pytestmark = pytest.mark.skipif(
    "EVENTYARD_NODE_MODULES" not in os.environ, reason="nox -s javascript installs the client that this needs"
)


class NodeClient:
    """A running ``client.mjs``; keeps all that it prints."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        self._output = process.stdout
        self.lines: list[list[Any]] = []

    async def until(self, condition: Callable[[], bool]) -> None:
        """Read what the client prints until ``condition`` holds."""
        async with asyncio.timeout(20):
            while not condition():
                line = await self._output.readline()
                assert line, "the client ended"
                self.lines.append(json.loads(line))

    def named(self, name: str, namespace: str | None = None) -> list[Any]:
        """The arguments of the events ``name``."""
        return [body for space, each, body in self.lines if each == name and namespace in {None, space}]


@asynccontextmanager
async def node_client(server: AsyncServer, namespaces: list[str], **options: Any) -> AsyncIterator[NodeClient]:
    """Run a client; its namespaces are joined when this is entered."""
    node = shutil.which("node")
    assert node is not None
    process = await asyncio.create_subprocess_exec(
        node,
        str(HERE / "client.mjs"),
        server.url,
        json.dumps({"namespaces": namespaces, **options}),
        stdout=asyncio.subprocess.PIPE,
        limit=16 * 1024 * 1024,
    )
    client = NodeClient(process)
    try:
        if "auth" not in options:
            await client.until(lambda: len(client.named("ready")) == len(namespaces))
        yield client
    finally:
        process.kill()
        await process.wait()


@pytest.mark.parametrize("transports", [None, ["websocket"], ["polling"]], ids=["default", "websocket", "polling"])
async def test_every_hook_body_arrives_as_its_events(server: AsyncServer, transports: list[str] | None) -> None:
    """In order and once, on each of the six namespaces, whatever the transport."""
    streams = [namespace for namespace in server.namespaces if namespace != "/system"]
    async with node_client(server, server.namespaces, transports=transports) as client:
        async with aiohttp.ClientSession(server.url) as http:
            for body in HOOK_BODIES:
                async with http.post("/v1/hooks/claude-code", json=body) as response:
                    assert (response.status, await response.read()) == (204, b"")
            expected = {}
            for namespace in streams:
                async with http.get(f"/v1/streams{namespace}/events?limit=1000") as response:
                    expected[namespace] = [(each["type"], each["id"]) for each in (await response.json())["events"]]

        def received(namespace: str) -> list[tuple[str, str]]:
            events = [(name, body) for space, name, body in client.lines if space == namespace]
            return [(name, body["id"]) for name, body in events if isinstance(body, dict) and "sequence" in body]

        await client.until(lambda: all(len(received(each)) >= len(expected[each]) for each in streams))
        assert {each: received(each) for each in streams} == expected
        assert all(expected.values())
        assert client.named("connection_status", "/system")
        assert client.named("gap") == []


async def test_a_client_whose_connection_is_cut_again_and_again_misses_nothing(server: AsyncServer) -> None:
    """Its cursor goes with each new connection, by the ``auth`` callback."""
    async with node_client(server, ["/tools"], cut=0.15) as client:
        for number in range(200):
            await server.publish(
                {"type": "tool_start", "source": "/test", "id": f"e{number}", "data": {"tool": "Bash"}}
            )
            await asyncio.sleep(0.005)
        await client.until(lambda: len(client.named("tool_start")) >= 200)
        assert [event["id"] for event in client.named("tool_start")] == [f"e{number}" for number in range(200)]
        assert len(client.named("connect")) > 2


async def test_a_refusal_says_why(start_server: StartServer) -> None:
    server = await start_server(token="secret-token")
    async with node_client(server, ["/tools"], auth={"token": "wrong"}) as client:
        await client.until(lambda: bool(client.named("connect_error")))
        message, data = client.named("connect_error")[0]
        assert (message, data) == ("auth.token is missing or wrong", {"code": "unauthorized"})
    async with node_client(server, ["/tools"], auth={"token": "secret-token"}) as client:
        await client.until(lambda: bool(client.named("ready")))
