"""The live protocol, seen by a client."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
import socketio
from eventyard import AsyncServer

from tests.each_event_once import TRANSPORTS, check_each_event_once

MakeEvent = Callable[..., dict[str, Any]]
Connect = Callable[..., Awaitable[Any]]


@pytest.mark.parametrize("transports", TRANSPORTS, ids="+".join)
async def test_a_client_gets_each_event_once_and_in_order(
    server: AsyncServer, connect: Connect, make_event: MakeEvent, transports: list[str]
) -> None:
    """Whatever the transport: single events, bursts, and what was there before."""
    await check_each_event_once(server, connect, make_event, transports)


async def test_ready_comes_first_and_tells_where_the_client_stands(
    server: AsyncServer, connect: Connect, make_event: MakeEvent
) -> None:
    await server.publish(make_event(correlationid="t1", session="s1"))
    client = await connect(server, "/tools")
    await client.wait("tool_start")
    name, ready = client.received[0]
    assert name == "ready"
    snapshot = ready.pop("snapshot")
    epoch = ready.pop("epoch")
    assert isinstance(epoch, str)
    assert ready == {
        "version": 1,
        "stream": "tools",
        "head": 1,
        "oldest": 1,
        "from": 0,
        "recovered": True,
        "reason": "new",
    }
    assert [call["correlationid"] for call in snapshot["running"]] == ["t1"]


async def test_get_state_gives_the_snapshot_at_any_time(
    server: AsyncServer, connect: Connect, make_event: MakeEvent
) -> None:
    client = await connect(server, "/tools")
    await server.publish(make_event(correlationid="t1", session="s1"))
    state = await client.call("get_state")
    assert state["head"] == 1
    assert [call["correlationid"] for call in state["snapshot"]["running"]] == ["t1"]


async def test_sessions_and_types_filter(server: AsyncServer, connect: Connect, make_event: MakeEvent) -> None:
    auth = {"sessions": ["s1"], "types": ["tool_stop"]}
    client = await connect(server, "/tools", auth=auth)
    await server.publish(
        make_event("tool_stop", session="s2"),
        make_event("tool_start", session="s1"),
        make_event("tool_stop", session="s1", id="mine"),
    )
    (only,) = await client.wait("tool_stop")
    assert only["id"] == "mine"
    assert client.named("tool_start") == []


async def test_batch_clients_get_lists_that_follow_each_other(
    server: AsyncServer, connect: Connect, make_event: MakeEvent
) -> None:
    """``previous`` is where the message before ended, so a client can prove that nothing is missing."""
    await server.publish(make_event(), make_event())
    client = await connect(server, "/tools", auth={"batch": True})
    for _ in range(5):
        await server.publish(make_event(), make_event(), make_event())
    async with asyncio.timeout(5):
        while sum(len(batch["events"]) for batch in client.named("events")) < 17:
            await asyncio.sleep(0.01)
    batches = client.named("events")
    (ready,) = client.named("ready")
    reached = ready["from"]
    for batch in batches:
        assert batch["epoch"] == ready["epoch"]
        assert batch["previous"] == reached
        assert [int(event["sequence"]) for event in batch["events"]] == list(range(reached + 1, batch["offset"] + 1))
        reached = batch["offset"]
    assert reached == 17
    assert batches[0]["replay"] is True
    assert batches[-1]["replay"] is False


async def test_a_filtered_batch_client_sees_no_false_gap(
    server: AsyncServer, connect: Connect, make_event: MakeEvent
) -> None:
    """What is not for it lies between ``previous`` and ``offset``."""
    client = await connect(server, "/tools", auth={"batch": True, "types": ["tool_stop"]})
    for _ in range(3):
        await server.publish(make_event(), make_event("tool_stop"), make_event())
        await asyncio.sleep(0.05)
    async with asyncio.timeout(5):
        while sum(len(batch["events"]) for batch in client.named("events")) < 3:
            await asyncio.sleep(0.01)
    reached = client.named("ready")[0]["from"]
    for batch in client.named("events"):
        assert batch["previous"] <= reached < batch["offset"]
        reached = batch["offset"]


async def test_the_cursor_of_a_filtered_batch_client_follows_the_stream(
    server: AsyncServer, connect: Connect, make_event: MakeEvent
) -> None:
    """Else what it has not seen would be trimmed one day, and it be told that it missed something."""
    client = await connect(server, "/tools", auth={"batch": True, "types": ["tool_stop"]})
    for _ in range(24):
        await server.publish(*(make_event() for _ in range(25)))
    await server.publish(make_event("tool_stop"))
    batches: list[dict[str, Any]] = await client.wait("events", 3)
    assert [(each["previous"], each["offset"], len(each["events"]), each["replay"]) for each in batches] == [
        (0, 250, 0, False),
        (250, 500, 0, False),
        (500, 601, 1, False),
    ]


async def test_a_client_without_batch_is_told_nothing_of_what_is_not_for_it(
    server: AsyncServer, connect: Connect, make_event: MakeEvent
) -> None:
    client = await connect(server, "/tools", auth={"types": ["tool_stop"]})
    for _ in range(10):
        await server.publish(*(make_event() for _ in range(100)))
    await server.publish(make_event("tool_stop"))
    await client.wait("tool_stop")
    assert [name for name, _ in client.received] == ["ready", "tool_stop"]


async def test_a_cursor_is_resumed_exactly(server: AsyncServer, connect: Connect, make_event: MakeEvent) -> None:
    first = await connect(server, "/tools")
    await server.publish(make_event(), make_event())
    await first.wait("tool_start", 2)
    (ready,) = first.named("ready")
    await first.close()
    await server.publish(make_event(), make_event())
    cursor = {"epoch": ready["epoch"], "offset": 2}
    again = await connect(server, "/tools", auth={"resume": cursor})
    received = await again.wait("tool_start", 2)
    (ready,) = again.named("ready")
    assert (ready["recovered"], ready["reason"], ready["from"]) == (True, "ok", 2)
    assert [int(event["sequence"]) for event in received] == [3, 4]


@pytest.mark.parametrize(("resume", "expected"), [("latest", []), ("earliest", [1, 2])])
async def test_a_client_may_ask_for_the_latest_or_the_earliest(
    server: AsyncServer, connect: Connect, make_event: MakeEvent, resume: str, expected: list[int]
) -> None:
    await connect(server, "/tools")
    await server.publish(make_event(), make_event())
    client = await connect(server, "/tools", auth={"resume": resume})
    await server.publish(make_event())
    received = await client.wait("tool_start", len(expected) + 1)
    assert [int(event["sequence"]) for event in received] == [*expected, 3]


async def test_what_was_trimmed_is_told_as_a_gap(
    start_server: Callable[..., Awaitable[AsyncServer]], connect: Connect, make_event: MakeEvent
) -> None:
    server = await start_server(max_buffer_size=10)
    await server.publish(*(make_event() for _ in range(25)))
    epoch = (await connect(server, "/tools")).named("ready")[0]["epoch"]
    client = await connect(server, "/tools", auth={"resume": {"epoch": epoch, "offset": 5}})
    received = await client.wait("tool_start", 10)
    (gap,) = client.named("gap")
    assert gap == {"epoch": epoch, "after": 5, "resume_at": 16, "reason": "trimmed", "count": 10}
    assert [int(event["sequence"]) for event in received] == list(range(16, 26))
    (ready,) = client.named("ready")
    assert (ready["recovered"], ready["reason"]) == (False, "trimmed")


@pytest.mark.parametrize(
    ("epoch", "offset", "reason"), [("another", 1, "epoch_changed"), (None, 1000, "ahead")], ids=["epoch", "ahead"]
)
async def test_a_cursor_of_another_store_is_told_as_a_gap(
    server: AsyncServer, connect: Connect, make_event: MakeEvent, epoch: str | None, offset: int, reason: str
) -> None:
    """The client is given all that is kept."""
    await server.publish(make_event(), make_event())
    own = (await connect(server, "/tools")).named("ready")[0]["epoch"]
    client = await connect(server, "/tools", auth={"resume": {"epoch": epoch or own, "offset": offset}})
    received = await client.wait("tool_start", 2)
    assert len(received) == 2
    assert client.named("ready")[0]["reason"] == reason
    (gap,) = client.named("gap")
    assert (gap["reason"], gap["epoch"]) == ("epoch_changed", own)


async def test_resume_works_without_reconnecting(server: AsyncServer, connect: Connect, make_event: MakeEvent) -> None:
    client = await connect(server, "/tools")
    await server.publish(make_event(), make_event(), make_event())
    await client.wait("tool_start", 3)
    epoch = client.named("ready")[0]["epoch"]
    answer = await client.call("resume", {"epoch": epoch, "offset": 1})
    assert answer == {"ok": True, "from": 1, "recovered": True, "reason": "ok"}
    received = await client.wait("tool_start", 5)
    assert [int(event["sequence"]) for event in received] == [1, 2, 3, 2, 3]
    await server.publish(make_event())
    assert int((await client.wait("tool_start", 6))[-1]["sequence"]) == 4


async def test_an_acknowledged_offset_is_shown_with_the_connection(
    server: AsyncServer, http: aiohttp.ClientSession, connect: Connect, make_event: MakeEvent
) -> None:
    client = await connect(server, "/tools")
    await server.publish(make_event())
    epoch = client.named("ready")[0]["epoch"]
    assert await client.call("ack", {"epoch": epoch, "offset": 1}) == {"ok": True}
    async with http.get("/connections") as response:
        (connection,) = (await response.json())["connections"]
    shown = connection["namespaces"]["/tools"]
    assert (shown["state"], shown["acknowledged"], shown["offset"], shown["lag"]) == ("live", 1, 1, 0)
    assert connection["address"] == "127.0.0.1"


@pytest.mark.parametrize(
    ("auth", "told"),
    [
        ([1], "auth is a list, expected an object"),
        ("s3cret", "auth is a string, expected an object"),
        ({"batch": "yes"}, 'auth.batch is "yes", expected a boolean'),
        ({"sessions": "s1"}, 'auth.sessions is "s1", expected a list of at most 1000 strings'),
        ({"sessions": ["s1", 5]}, "auth.sessions[1] is 5, expected a string"),
        ({"types": [None]}, "auth.types[0] is null, expected a string"),
        ({"types": ["t"] * 1001}, "auth.types has 1001 names, expected at most 1000"),
        ({"window": 0}, "auth.window is 0, expected null or a whole number from 1 to 1000000"),
        ({"resume": 5}, 'auth.resume is 5, expected null, "latest", "earliest" or {"epoch": "…", "offset": 0}'),
        ({"resume": "a" * 1000}, f'auth.resume is "{"a" * 50}…", expected null'),
        ({"resume": {"epoch": "x", "offset": -1}}, "auth.resume.offset is -1, expected a whole number from 0"),
        ({"resume": {"epoch": "x", "offset": "7"}}, 'auth.resume.offset is "7", expected a whole number from 0'),
        ({"resume": {"epoch": "x y", "offset": 1}}, 'auth.resume.epoch is "x y", expected the epoch of a server'),
        ({"resume": {"epoch": "x"}}, 'auth.resume has no offset, expected {"epoch": "…", "offset": 0}'),
        ({"resume": []}, "auth.resume is a list, expected null"),
    ],
)
async def test_a_wrong_auth_is_refused_with_what_was_expected(server: AsyncServer, auth: Any, told: str) -> None:
    client = socketio.AsyncClient(reconnection=False)
    refusals: list[Any] = []
    client.on("connect_error", refusals.append, namespace="/tools")
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect(server.url, namespaces=["/tools"], auth=auth)
    assert told in refusals[0]["message"]
    await client.disconnect()


@pytest.mark.parametrize(
    ("name", "argument", "told"),
    [
        ("resume", {"epoch": "x", "offset": -1}, "resume.offset is -1, expected a whole number from 0"),
        ("ack", {"epoch": "x", "offset": -1}, "ack.offset is -1, expected a whole number from 0"),
        ("ack", {"offset": 1}, 'ack has no epoch, expected {"epoch": "…", "offset": 0}'),
        ("ack", "latest", 'ack is "latest", expected {"epoch": "…", "offset": 0}'),
        ("ack", None, 'ack is null, expected {"epoch": "…", "offset": 0}'),
    ],
)
async def test_a_wrong_cursor_is_answered_with_the_member_that_is_wrong(
    server: AsyncServer, connect: Connect, name: str, argument: Any, told: str
) -> None:
    client = await connect(server, "/tools")
    assert await client.call(name, argument) == {"ok": False, "error": told}


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("ack", None),
        ("ack", "latest"),
        ("resume", 7),
        ("no_such_event", {}),
        ("trigger_event", {}),
        ("", None),
        ("connect", None),
        ("connect", {}),
        ("disconnect", None),
    ],
)
async def test_a_wrong_client_event_is_answered_and_harms_nobody(
    server: AsyncServer, connect: Connect, make_event: MakeEvent, name: str, argument: Any
) -> None:
    client = await connect(server, "/tools")
    answer = await client.call(name, argument)
    assert answer["ok"] is False
    assert answer["error"]
    await server.publish(make_event())
    await client.wait("tool_start")


async def test_nobody_leaves_by_an_event_named_disconnect(
    server: AsyncServer, http: aiohttp.ClientSession, connect: Connect
) -> None:
    watcher, client = await connect(server, "/system"), await connect(server, "/tools")
    answer = await client.call("disconnect", "ping timeout")
    assert answer == {"ok": False, "error": "/tools has no client event of this name"}
    async with http.get("/connections") as response:
        joined = [set(each["namespaces"]) for each in (await response.json())["connections"]]
    assert joined == [{"/system"}, {"/tools"}]
    await client.close()
    async with asyncio.timeout(5):
        while not (
            closed := [each for each in watcher.named("connection_status") if each["data"]["state"] == "closed"]
        ):
            await asyncio.sleep(0.01)
    (told,) = closed
    assert told["data"]["reason"] != "ping timeout"


async def test_an_unknown_namespace_is_refused(server: AsyncServer) -> None:
    client = socketio.AsyncClient(reconnection=False)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect(server.url, namespaces=["/nothing"])
    await client.disconnect()


async def test_every_change_of_state_is_told_on_system(server: AsyncServer, connect: Connect) -> None:
    watcher = await connect(server, "/system")
    client = await connect(server, "/tools")
    sid = client.socket.get_sid("/tools")
    await client.close()

    def states() -> list[tuple[str | None, str]]:
        told = [event["data"] for event in watcher.named("connection_status")]
        return [(data["previous"], data["state"]) for data in told if data["client"] == sid]

    async with asyncio.timeout(5):
        while not states() or states()[-1][1] != "closed":
            await asyncio.sleep(0.01)
    assert states() == [
        (None, "connecting"),
        ("connecting", "authenticated"),
        ("authenticated", "syncing"),
        ("syncing", "live"),
        ("live", "closed"),
    ]


async def test_a_stopping_server_says_drain(
    start_server: Callable[..., Awaitable[AsyncServer]], connect: Connect
) -> None:
    server = await start_server()
    client = await connect(server, "/tools")
    await server.stop()
    (drain,) = await client.wait("drain")
    assert drain["retry_after_ms"] > 0


async def test_the_heartbeat_tells_how_the_server_is(
    start_server: Callable[..., Awaitable[AsyncServer]], connect: Connect
) -> None:
    server = await start_server(heartbeat_interval=1)
    client = await connect(server, "/system")
    beats = await client.wait("heartbeat", 1)
    data = beats[0]["data"]
    assert (data["status"], data["clients"]) == ("healthy", 1)
    assert data["resources"]["rss_bytes"] > 0
