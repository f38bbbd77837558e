"""A journal that cannot be read: clients are told what they cannot be given, and go on."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from eventyard import AsyncServer

MakeEvent = Callable[..., dict[str, Any]]
Connect = Callable[..., Awaitable[Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]


class Disk:
    """The file of a server's journal; what makes a row of it unreadable to SQLite can be undone."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "journal.sqlite3"

    def damage(self, offset: int) -> None:
        """Overwrite the row of the event of ``/tools`` at ``offset``, as a bad sector would."""
        self._write("UPDATE runs SET mode = CAST(X'FF' AS TEXT) WHERE json_extract(events, '$.offsets[0]') = ?", offset)

    def heal(self, offset: int) -> None:
        """Undo :meth:`damage`."""
        self._write(
            "UPDATE runs SET mode = 'buffer_if_no_clients' WHERE json_extract(events, '$.offsets[0]') = ?", offset
        )

    def _write(self, statement: str, offset: int) -> None:
        connection = sqlite3.connect(self._path, timeout=5)
        with connection:
            assert connection.execute(statement, (offset,)).rowcount == 1
        connection.close()


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "data")


@pytest.fixture
async def server(start_server: StartServer, make_event: MakeEvent, tmp_path: Path) -> AsyncServer:
    """A server whose ten events, which came one by one, are on the disk alone, because it was started after that."""
    data_dir = str(tmp_path / "data")
    before = await start_server(data_dir=data_dir)
    for _ in range(10):
        await before.publish(make_event())
    await before.stop()
    return await start_server(data_dir=data_dir)


async def test_a_client_is_told_of_what_cannot_be_read_and_goes_on_live(
    server: AsyncServer, disk: Disk, connect: Connect, make_event: MakeEvent
) -> None:
    disk.damage(4)
    client = await connect(server, "/tools", auth={"resume": "earliest"})
    (gap,) = await client.wait("gap")
    epoch = client.named("ready")[0]["epoch"]
    assert gap == {"epoch": epoch, "after": 0, "resume_at": 11, "reason": "store_error", "count": 10}
    await server.publish(make_event())
    (event,) = await client.wait("tool_start")
    assert int(event["sequence"]) == 11
    assert server.metrics.value("eventyard_gaps_total", reason="store_error") == 1


async def test_a_batch_client_goes_on_behind_what_cannot_be_read(
    server: AsyncServer, disk: Disk, connect: Connect, make_event: MakeEvent
) -> None:
    disk.damage(4)
    client = await connect(server, "/tools", auth={"resume": "earliest", "batch": True})
    (gap,) = await client.wait("gap")
    await server.publish(make_event())
    (batch,) = await client.wait("events")
    assert (gap["resume_at"], batch["previous"], batch["offset"]) == (11, 10, 11)


async def test_what_can_be_read_again_soon_is_no_gap(
    server: AsyncServer, disk: Disk, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "eventyard.delivery")
    disk.damage(4)
    client = await connect(server, "/tools", auth={"resume": "earliest"})
    async with asyncio.timeout(5):
        while "is read again" not in caplog.text:
            await asyncio.sleep(0.01)
    disk.heal(4)
    received = await client.wait("tool_start", 10)
    assert [int(event["sequence"]) for event in received] == list(range(1, 11))
    assert client.named("gap") == []


async def test_what_can_be_read_again_is_read_again_while_others_wait_for_other_pages(
    server: AsyncServer,
    disk: Disk,
    connect: Connect,
    make_event: MakeEvent,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Pages are held for others as long as somebody wants one; a failure is not."""
    caplog.set_level("DEBUG", "eventyard.delivery")
    read, go_on = server._parts.journal.read, asyncio.Event()

    async def slow(stream: str, *arguments: Any, **named: Any) -> Any:
        if stream == "errors":
            await go_on.wait()
        return await read(stream, *arguments, **named)

    monkeypatch.setattr(server._parts.journal, "read", slow)
    await server.publish({"type": "error", "source": "/test", "data": {"message": "it broke", "kind": "tool_failed"}})
    other = await connect(server, "/errors")
    disk.damage(4)
    client = await connect(server, "/tools", auth={"resume": "earliest"})
    async with asyncio.timeout(5):
        while "is read again" not in caplog.text:
            await asyncio.sleep(0.01)
    disk.heal(4)
    assert len(await client.wait("tool_start", 10)) == 10
    go_on.set()
    await other.wait("error")


async def test_a_journal_that_cannot_be_read_is_an_error_that_is_told_once(
    server: AsyncServer, disk: Disk, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    """However many clients it concerns."""
    disk.damage(4)
    watcher = await connect(server, "/errors")
    clients = [await connect(server, "/tools", auth={"resume": "earliest"}) for _ in range(5)]
    for client in clients:
        await client.wait("gap")
    (error,) = await watcher.wait("error")
    assert (error["data"]["kind"], error["data"]["severity"]) == ("journal_unreadable", "critical")
    assert "stream tools cannot be read" in error["data"]["message"]
    assert caplog.text.count("stream tools cannot be read") == 1


async def test_history_that_cannot_be_read_is_503(server: AsyncServer, disk: Disk, http: aiohttp.ClientSession) -> None:
    disk.damage(4)
    async with http.get("/v1/streams/tools/events") as response:
        problem = await response.json()
    assert (response.status, response.headers["Retry-After"]) == (503, "1")
    assert problem["detail"].startswith("try again: the journal ")
    assert "journal.sqlite3 could not be read" in problem["detail"]
    async with http.get("/v1/streams/tools/events?after=4") as response:
        assert len((await response.json())["events"]) == 6


async def test_a_client_that_a_defect_keeps_from_going_on_is_closed(
    server: AsyncServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    """It would wait for ever, and nobody would know."""
    watcher = await connect(server, "/system")
    server._parts.journal._reader._threads.shutdown()  # type: ignore[attr-defined]  # a defect, for once
    client = await connect(server, "/tools", auth={"resume": "earliest"})
    await client.socket.wait()

    def reasons() -> list[str | None]:
        told = [event["data"] for event in watcher.named("connection_status")]
        return [data.get("reason") for data in told if data["state"] == "closed"]

    async with asyncio.timeout(5):
        while not reasons():
            await asyncio.sleep(0.01)
    assert reasons() == ["internal_error"]
    assert "cannot be brought live" in caplog.text
