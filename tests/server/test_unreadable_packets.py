"""Clients that send bytes, or what is no packet, are closed; all is JSON here."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from eventyard import AsyncServer

MakeEvent = Callable[..., dict[str, Any]]
Connect = Callable[..., Awaitable[Any]]

ENGINE = "/socket.io/?EIO=4&transport="

#: Messages as they are on the wire.
UNREADABLE: dict[str, str | bytes] = {
    "an event with an attachment": '451-/tools,["ack",{"_placeholder":true,"num":0}]',
    "an event with many attachments": '459999999999-/tools,7["ack",{"_placeholder":true,"num":0}]',
    "an event with no attachment": '450-/tools,["ack",{}]',
    "an event with an attachment elsewhere": '451-["ack",{"_placeholder":true,"num":0}]',
    "an acknowledgement with an attachment": '461-/tools,7[{"_placeholder":true,"num":0}]',
    "bytes": bytes(1 << 20),
    "bytes that look like a packet": b'2/tools,["get_state"]',
    "no bytes": b"",
    "bytes as base64": "bAAAA",
    "nothing": "4",
    "a packet of no kind": "49/tools,",
    "an error": '44/tools,{"message":"no"}',
    "no JSON": '42/tools,["ack"',
    "JSON that is nested too deep": '42/tools,["ack",' + "[" * 2000 + "]" * 2000 + "]",
    "a number that is none": '42/tools,["ack",NaN]',
    "an event without a name": "42/tools,[]",
    "an event that is no list": '42/tools,{"0":"ack"}',
    "an event of nothing": "42/tools,",
}


async def end_of(websocket: aiohttp.ClientWebSocketResponse) -> None:
    """Wait until the server has closed ``websocket``."""
    async with asyncio.timeout(5):
        while (await websocket.receive()).type not in {aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR}:
            pass


@pytest.mark.parametrize("message", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_a_websocket_that_sends_what_is_no_packet_is_closed(
    server: AsyncServer, http: aiohttp.ClientSession, connect: Connect, message: str | bytes
) -> None:
    """The others are told, and go on."""
    watcher = await connect(server, "/system")
    async with http.ws_connect(f"{ENGINE}websocket") as websocket:
        await websocket.send_str("40/tools,")
        await (websocket.send_str(message) if isinstance(message, str) else websocket.send_bytes(message))
        await end_of(websocket)
    async with asyncio.timeout(5):
        while not (
            closed := [each for each in watcher.named("connection_status") if each["data"]["state"] == "closed"]
        ):
            await asyncio.sleep(0.01)
    assert [each["data"]["reason"] for each in closed] == ["unreadable_packet"]
    assert server.metrics.value("eventyard_refused_total", reason="unreadable_packet") == 1
    async with http.get("/connections") as response:
        assert [set(each["namespaces"]) for each in (await response.json())["connections"]] == [{"/system"}]


async def test_a_websocket_in_no_namespace_is_closed_too(server: AsyncServer, http: aiohttp.ClientSession) -> None:
    async with http.ws_connect(f"{ENGINE}websocket") as websocket:
        await websocket.send_bytes(bytes(1 << 20))
        await end_of(websocket)
    assert server.metrics.value("eventyard_refused_total", reason="unreadable_packet") == 1


async def test_a_long_polling_client_that_sends_attachments_is_closed(http: aiohttp.ClientSession) -> None:
    async with http.get(f"{ENGINE}polling") as response:
        session = (await response.text()).partition('"sid":"')[2].partition('"')[0]
    url = f"{ENGINE}polling&sid={session}"
    for body in (
        "40/tools,",
        "\x1e".join(['459999999999-/tools,["ack",{"_placeholder":true,"num":0}]', *["bAAAA"] * 15]),
    ):
        async with http.post(url, data=body) as response:
            assert response.status == 200
    async with asyncio.timeout(5):
        while True:
            async with http.get(url) as response:
                if response.status == 400:
                    return


@pytest.mark.parametrize("transport", ["polling", "websocket"])
async def test_a_stock_client_that_sends_bytes_sees_that_it_is_disconnected(
    server: AsyncServer, connect: Connect, make_event: MakeEvent, transport: str
) -> None:
    client = await connect(server, "/tools", transports=[transport])
    other = await connect(server, "/tools")
    await client.socket.emit("ack", {"offset": b"\x00\x01"}, namespace="/tools")
    async with asyncio.timeout(5):
        await client.socket.wait()
    assert not client.socket.connected
    await server.publish(make_event())
    await other.wait("tool_start")
