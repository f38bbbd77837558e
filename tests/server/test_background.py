"""What the server does besides answering: it goes on, whatever comes in its way."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from eventyard import AsyncServer
from eventyard.server.background import Background

StartServer = Callable[..., Awaitable[AsyncServer]]


@pytest.fixture
async def background() -> AsyncIterator[Background]:
    work = Background()
    yield work
    await work.end()


def cancel() -> None:
    raise asyncio.CancelledError


def fail() -> None:
    message = "it broke"
    raise OSError(message)


@pytest.mark.parametrize("end", [fail, cancel, lambda: None], ids=["it fails", "it is cancelled", "it returns"])
async def test_work_that_ends_is_told_with_what_that_means_and_begun_again(
    background: Background, caplog: pytest.LogCaptureFixture, end: Callable[[], None]
) -> None:
    begun = 0
    again = asyncio.Event()

    async def work() -> None:
        nonlocal begun
        begun += 1
        if begun == 1:
            end()
            return
        again.set()
        await asyncio.Event().wait()

    background.begin("sweeping", work, "dust stays where it is")
    async with asyncio.timeout(5):
        await again.wait()
    (told,) = caplog.records
    assert told.levelname == "ERROR"
    assert told.getMessage().startswith("the sweeping has ended: dust stays where it is")
    assert ("it broke" in caplog.text) == (end is fail)


async def test_work_is_at_its_end_when_the_server_has_stopped(background: Background) -> None:
    story: list[str] = []
    begun = asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            story.append("cleaned up")

    background.begin("sweeping", work, "dust stays where it is")
    await begun.wait()
    await background.end()
    assert story == ["cleaned up"]


async def test_connections_are_looked_after_again_behind_a_defect(
    start_server: StartServer, http: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    server = await start_server(connection_timeout=0.1)
    sockets = server._parts.socketio.eio.sockets
    sockets["broken"] = None
    async with asyncio.timeout(10):
        while "the watchdog has ended" not in caplog.text:
            await asyncio.sleep(0.01)
        del sockets["broken"]
        websocket = await http.ws_connect(f"{server.url}/socket.io/?EIO=4&transport=websocket")
        await websocket.receive_str()
        assert (await websocket.receive()).type in {aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR}
