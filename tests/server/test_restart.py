"""What a restart, clean or not, leaves as it was."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from eventyard import AsyncServer, Settings
from eventyard.errors import JournalError

MakeEvent = Callable[..., dict[str, Any]]
Connect = Callable[..., Awaitable[Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]


async def kept(server: AsyncServer, stream: str = "tools") -> list[dict[str, Any]]:
    async with aiohttp.ClientSession(server.url) as http, http.get(f"/v1/streams/{stream}/events") as response:
        events: list[dict[str, Any]] = (await response.json())["events"]
        return events


@pytest.mark.parametrize("durability", ["full", "process"])
async def test_accepted_events_are_there_after_a_restart(
    start_server: StartServer, make_event: MakeEvent, tmp_path: Path, durability: str
) -> None:
    options = {"data_dir": str(tmp_path), "journal": {"durability": durability}}
    server = await start_server(**options)
    await server.publish(make_event(id="a"), make_event("error", id="b"))
    before = await kept(server), await kept(server, "errors")
    await server.stop()
    server = await start_server(**options)
    assert (await kept(server), await kept(server, "errors")) == before
    (outcome,) = await server.publish(make_event(id="c"))
    assert outcome.offset == 2


async def test_memory_keeps_nothing_and_says_so(
    start_server: StartServer, make_event: MakeEvent, tmp_path: Path
) -> None:
    server = await start_server(data_dir=str(tmp_path), journal={"durability": "memory"})
    await server.publish(make_event())
    async with aiohttp.ClientSession(server.url) as http, http.get("/health") as response:
        assert (await response.json())["durability"] == "memory"
    assert list(tmp_path.iterdir()) == []


async def test_a_cursor_holds_across_a_restart(
    start_server: StartServer, connect: Connect, make_event: MakeEvent, tmp_path: Path
) -> None:
    server = await start_server(data_dir=str(tmp_path))
    client = await connect(server, "/tools")
    await server.publish(*(make_event() for _ in range(5)))
    await client.wait("tool_start", 5)
    cursor = {"epoch": client.named("ready")[0]["epoch"], "offset": 3}
    await server.stop()
    server = await start_server(data_dir=str(tmp_path))
    await server.publish(make_event())
    again = await connect(server, "/tools", auth={"resume": cursor})
    received = await again.wait("tool_start", 3)
    assert [int(event["sequence"]) for event in received] == [4, 5, 6]
    assert again.named("ready")[0]["reason"] == "ok"
    assert again.named("gap") == []


async def test_the_state_is_rebuilt(
    start_server: StartServer, connect: Connect, make_event: MakeEvent, tmp_path: Path
) -> None:
    """Also where it is made of events of other namespaces: the prompt ends the call that never stopped."""
    server = await start_server(data_dir=str(tmp_path))
    await server.publish(
        make_event(session="s1", correlationid="t1"),
        make_event("user_prompt", session="s1", data={"prompt": "go on"}),
        make_event(session="s1", correlationid="t2"),
    )
    before = (await connect(server, "/tools")).named("ready")[0]["snapshot"]
    await server.stop()
    server = await start_server(data_dir=str(tmp_path))
    after = (await connect(server, "/tools")).named("ready")[0]["snapshot"]
    assert [call["correlationid"] for call in after["running"]] == ["t2"]
    assert after == before


async def test_duplicates_are_known_after_a_restart(
    start_server: StartServer, make_event: MakeEvent, tmp_path: Path
) -> None:
    """A sender that never got its answer may send again."""
    event = make_event()
    server = await start_server(data_dir=str(tmp_path))
    await server.publish(make_event(), event)
    await server.stop()
    server = await start_server(data_dir=str(tmp_path))
    (outcome,) = await server.publish(event)
    assert (outcome.status, outcome.offset) == ("duplicate", 2)


async def test_what_a_client_has_had_is_not_given_to_the_next_one_after_a_restart(
    start_server: StartServer, connect: Connect, make_event: MakeEvent, tmp_path: Path
) -> None:
    server = await start_server(data_dir=str(tmp_path))
    client = await connect(server, "/tools")
    await server.publish(make_event(), make_event())
    await client.wait("tool_start", 2)
    await client.close()
    await server.stop()
    server = await start_server(data_dir=str(tmp_path))
    await server.publish(make_event())
    client = await connect(server, "/tools")
    (event,) = await client.wait("tool_start")
    assert int(event["sequence"]) == 3


async def test_what_was_trimmed_stays_trimmed(start_server: StartServer, make_event: MakeEvent, tmp_path: Path) -> None:
    options = {"data_dir": str(tmp_path), "max_buffer_size": 10}
    server = await start_server(**options)
    for _ in range(5):
        await server.publish(*(make_event() for _ in range(7)))
    before = await kept(server)
    assert [int(event["sequence"]) for event in before] == list(range(26, 36))
    await server.stop()
    server = await start_server(**options)
    assert await kept(server) == before


async def test_a_second_server_on_the_same_directory_is_refused(start_server: StartServer, tmp_path: Path) -> None:
    await start_server(data_dir=str(tmp_path))
    second = AsyncServer(Settings().with_changes(port=0, data_dir=str(tmp_path)))
    with pytest.raises(JournalError, match=f"another Eventyard server uses the data directory {tmp_path}"):
        await second.start()


async def test_a_damaged_file_is_told_and_left_alone(
    start_server: StartServer, make_event: MakeEvent, tmp_path: Path
) -> None:
    server = await start_server(data_dir=str(tmp_path))
    await server.publish(*(make_event() for _ in range(100)))
    await server.stop()
    file = tmp_path / "journal.sqlite3"
    damaged = b"this is no database" + file.read_bytes()[19:]
    file.write_bytes(damaged)
    with pytest.raises(JournalError, match=r"journal\.sqlite3 cannot be used: file is not a database"):
        await start_server(data_dir=str(tmp_path))
    assert file.read_bytes() == damaged


async def test_a_file_of_a_newer_version_is_refused(start_server: StartServer, tmp_path: Path) -> None:
    import sqlite3

    connection = sqlite3.connect(tmp_path / "journal.sqlite3")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(JournalError, match="has version 99, this Eventyard knows 4"):
        await start_server(data_dir=str(tmp_path))


async def test_a_directory_that_cannot_be_written_is_told(start_server: StartServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(JournalError, match=f"data directory {tmp_path}/file/data cannot be used: Not a directory"):
        await start_server(data_dir=str(tmp_path / "file" / "data"))


async def test_more_than_may_wait_for_the_disk_is_503(
    start_server: StartServer, make_event: MakeEvent, tmp_path: Path
) -> None:
    """Nothing of a refused request is kept, so that it may be sent again."""
    server = await start_server(journal={"queue_events": 1})
    async with aiohttp.ClientSession(server.url) as http:

        async def post(event: dict[str, Any]) -> int:
            async with http.post("/v1/events", json=event) as response:
                assert response.status == 202 or response.headers["Retry-After"]
                return response.status

        events = [make_event() for _ in range(40)]
        waiting = events
        while waiting:
            statuses = await asyncio.gather(*map(post, waiting))
            assert set(statuses) <= {202, 503}
            waiting = [event for event, status in zip(waiting, statuses, strict=True) if status == 503]
    assert sorted(event["id"] for event in await kept(server)) == sorted(event["id"] for event in events)


@asynccontextmanager
async def running(data_dir: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A server in a process of its own, and its URL."""
    program = (
        "import asyncio, sys\n"
        "from eventyard import AsyncServer, Settings\n"
        "async def main():\n"
        "    async with AsyncServer(Settings().with_changes(port=0, data_dir=sys.argv[1])) as server:\n"
        "        print(server.url, flush=True)\n"
        "        await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(data_dir), stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        yield process, (await process.stdout.readline()).decode().strip()
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_what_was_answered_survives_kill_9(make_event: MakeEvent, tmp_path: Path) -> None:
    """Publishers that send until they are answered, a server that is killed under them: nothing is lost or doubled."""
    accepted: dict[str, int] = {}
    events = iter([make_event() for _ in range(100_000)])
    for _ in range(3):
        async with running(tmp_path) as (process, url):

            async def publish(url: str = url) -> None:
                async with aiohttp.ClientSession(url) as http:
                    for event in events:
                        async with http.post("/v1/events", json=event) as response:
                            (result,) = (await response.json())["results"]
                            accepted[event["id"]] = result["offset"]

            publishers = [asyncio.ensure_future(publish()) for _ in range(4)]
            await asyncio.sleep(0.4)
            os.kill(process.pid, signal.SIGKILL)
            await asyncio.gather(*publishers, return_exceptions=True)
    assert len(accepted) > 10
    async with AsyncServer(Settings().with_changes(port=0, data_dir=str(tmp_path))) as server:
        found = {event["id"]: int(event["sequence"]) for event in (await kept_all(server))}
    oldest = min(found.values())
    answered = {identity: offset for identity, offset in accepted.items() if offset >= oldest}
    assert answered.items() <= found.items()
    assert len(set(found.values())) == len(found)


async def kept_all(server: AsyncServer) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    async with aiohttp.ClientSession(server.url) as http:
        after = 0
        while True:
            url = f"/v1/streams/tools/events?limit=1000&after={after}"
            async with http.get(url) as response:
                page = await response.json()
            events += page["events"]
            after = page["next"]
            if after >= page["head"]:
                return events


async def test_a_duplicate_that_comes_while_its_original_is_written_waits_for_it(
    server: AsyncServer, make_event: MakeEvent
) -> None:
    """Both answers tell the same place; neither comes before the event is kept."""
    event = make_event()
    answers = await asyncio.gather(*(server.publish(dict(event)) for _ in range(20)))
    outcomes = [outcome for (outcome,) in answers]
    assert sorted(outcome.status for outcome in outcomes) == ["accepted"] + ["duplicate"] * 19
    assert {outcome.offset for outcome in outcomes} == {1}


async def test_what_was_refused_survives_kill_9(make_event: MakeEvent, tmp_path: Path) -> None:
    """And a letter that comes later has another number."""
    numbers: list[int] = []
    for round_number in range(3):
        async with running(tmp_path) as (process, url), aiohttp.ClientSession(url) as http:
            for _ in range(5):
                async with http.post("/v1/events", json=make_event("nothing")) as response:
                    assert response.status == 422
            async with http.get("/v1/dead-letters") as response:
                letters = (await response.json())["dead_letters"]
            found = [letter["number"] for letter in letters]
            assert found[: len(numbers)] == numbers
            assert len(set(found)) == 5 * (round_number + 1)
            numbers = found
            os.kill(process.pid, signal.SIGKILL)
