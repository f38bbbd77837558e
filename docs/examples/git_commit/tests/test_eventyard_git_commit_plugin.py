"""What becomes of commits at a server."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import socketio
from eventyard import AsyncServer

StartServer = Callable[..., Awaitable[AsyncServer]]

SHA = "c0ffee254729296a45a3885639ac7e10f9d54979"


def commit(sha: str = SHA, data: dict[str, Any] | None = None, **attributes: Any) -> dict[str, Any]:
    """A ``git_commit`` at 12:01:00."""
    payload = {"repository": "/home/dev/shop", "sha": sha, "summary": "Round"} | (data or {})
    event = {"type": "git_commit", "source": "/git", "id": sha, "time": "2026-01-31T12:01:00Z", "data": payload}
    return event | attributes


def call(command: Any = "git commit -m Round", cwd: str = "/home/dev/shop", **attributes: Any) -> dict[str, Any]:
    """A ``tool_start`` at 12:00:00."""
    data = {"tool": "Bash", "input": {"command": command}, "cwd": cwd}
    event = {"type": "tool_start", "source": "/agent", "id": "t1", "time": "2026-01-31T12:00:00Z", "session": "s1"}
    return event | {"correlationid": "toolu_01", "data": data} | attributes


async def join(server: AsyncServer) -> tuple[socketio.AsyncClient, asyncio.Queue[Any]]:
    """A client of ``/git`` with what it receives."""
    client, received = socketio.AsyncClient(), asyncio.Queue[Any]()
    client.on("git_commit", received.put, namespace="/git")
    await client.connect(server.url, namespaces=["/git"])
    return client, received


async def kept(server: AsyncServer) -> list[Any]:
    """The state of ``/git``, as a client gets it: the commits of all repositories."""
    client, _ = await join(server)
    state = await client.call("get_state", namespace="/git")
    await client.disconnect()
    return [commit for each in state["snapshot"]["repositories"].values() for commit in each["recent"]]


async def test_a_client_gets_a_commit_live_and_finds_it_in_the_state(start_server: StartServer) -> None:
    server = await start_server()
    client, received = await join(server)
    (outcome,) = await server.publish(commit(data={"insertions": 3, "deletions": 1}))
    event = await asyncio.wait_for(received.get(), 5)
    await client.disconnect()
    assert (outcome.stream, event["id"], event["subject"], event["project"]) == ("git", SHA, "shop", "shop")
    (entry,) = await kept(server)
    assert (entry["sha"], entry["session"]) == (SHA, None)


async def test_the_same_commit_told_twice_counts_once(start_server: StartServer) -> None:
    server = await start_server()
    outcomes = await server.publish(commit(), commit())
    assert [outcome.status for outcome in outcomes] == ["accepted", "duplicate"]
    assert len(await kept(server)) == 1


@pytest.mark.parametrize(
    "given",
    [call(), call("cd web && git  commit -a", cwd="/home/dev/shop/web"), call("git -C . merge topic")],
    ids=["in the repository", "below it", "a merge"],
)
async def test_a_commit_belongs_to_the_agent_that_called_git_just_before(
    start_server: StartServer, given: dict[str, Any]
) -> None:
    server = await start_server()
    client, received = await join(server)
    await server.publish(given | {"agent": "a7"}, commit())
    event = await asyncio.wait_for(received.get(), 5)
    await client.disconnect()
    told = {name: event[name] for name in ("session", "agent", "correlationid", "causationid")}
    assert told == {"session": "s1", "agent": "a7", "correlationid": "toolu_01", "causationid": "t1"}


@pytest.mark.parametrize(
    "given",
    [
        call("git status"),
        call("ls"),
        call(["git", "commit"]),
        call(cwd="/home/dev"),
        call(cwd="/home/dev/shopping"),
        call(time="2026-01-31T11:58:00Z"),
        call(time="2026-01-31T12:02:00Z"),
        {name: value for name, value in call().items() if name != "session"},
    ],
    ids=["no commit", "no git", "no text", "above", "elsewhere", "long before", "after", "no session"],
)
async def test_a_commit_that_may_be_somebody_elses_belongs_to_nobody(
    start_server: StartServer, given: dict[str, Any]
) -> None:
    server = await start_server()
    await server.publish(given, commit())
    assert [entry["session"] for entry in await kept(server)] == [None]


async def test_what_the_sender_says_about_the_session_stays(start_server: StartServer) -> None:
    """Nothing of another agent is mixed into it."""
    server = await start_server()
    await server.publish(call(agent="a7"), commit(session="mine"))
    (entry,) = await kept(server)
    assert (entry["session"], entry["agent"]) == ("mine", None)


async def test_the_window_can_be_set(start_server: StartServer) -> None:
    server = await start_server(plugin={"git_commit": {"attribution_window": 59}})
    await server.publish(call(), commit())
    assert [entry["session"] for entry in await kept(server)] == [None]


async def test_the_state_is_bounded(start_server: StartServer) -> None:
    """The repository that was committed to longest ago makes room, and of each the oldest commit."""
    server = await start_server(plugin={"git_commit": {"repository_limit": 2, "recent_limit": 2}})
    for number, folder in enumerate(["/a", "/b", "/a", "/a", "/c"]):
        await server.publish(commit(f"{number:040x}", {"repository": folder}))
    assert [int(entry["sha"], 16) for entry in await kept(server)] == [2, 3, 4]
