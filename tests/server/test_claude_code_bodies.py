"""Every hook body of Claude Code, posted to a real server: what clients get, and what the state says afterwards."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from eventyard import AsyncServer

Connect = Callable[..., Awaitable[Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]

#: Each body, in the order in which an agent would send them, and the event that it becomes on each namespace. What
#: PostToolBatch tells of was told before.
TABLE = """
hook                  /tools      /agents         /files          /errors  /sessions
SessionStart:startup  -           -               -               -        session_start
UserPromptSubmit      -           -               -               -        user_prompt
MessageDisplay        -           -               -               -        hook_event
PreToolUse:Bash       tool_start  -               -               -        -
PreToolUse:Read       tool_start  -               -               -        -
PostToolUse:Bash      tool_stop   -               -               -        -
PostToolUse:Read      tool_stop   -               file_operation  -        -
PostToolBatch         -           -               -               -        -
PreToolUse:Agent      tool_start  -               -               -        -
SubagentStart         -           subagent_start  -               -        -
PreToolUse:Bash@sub   tool_start  -               -               -        -
PostToolUse:Bash@sub  tool_stop   -               -               -        -
SubagentStop          -           subagent_stop   -               -        -
PostToolUse:Agent     tool_stop   subagent_link   -               -        -
PreToolUse:Write      tool_start  -               -               -        -
PostToolUse:Write     tool_stop   -               file_operation  -        -
PostToolUseFailure    tool_stop   -               -               error    -
Stop                  -           -               -               -        turn_end
SessionEnd            -           -               -               -        session_end
InstructionsLoaded    -           -               -               -        hook_event
PermissionRequest     -           -               -               -        permission_request
SessionStart:resume   -           -               -               -        session_start
UserPromptExpansion   -           -               -               -        hook_event
Setup                 -           -               -               -        hook_event
StopFailure           -           -               -               error    turn_end
PermissionDenied      tool_stop   -               -               -        -
Notification          -           -               -               -        notification
TaskCreated           -           -               -               -        hook_event
TaskCompleted         -           -               -               -        hook_event
TeammateIdle          -           -               -               -        hook_event
ConfigChange          -           -               -               -        hook_event
CwdChanged            -           -               -               -        hook_event
DirectoryAdded        -           -               -               -        hook_event
FileChanged           -           -               file_operation  -        hook_event
WorktreeCreate        -           -               -               -        hook_event
WorktreeRemove        -           -               -               -        hook_event
PreCompact            -           -               -               -        hook_event
PostCompact           -           -               -               -        hook_event
Elicitation           -           -               -               -        hook_event
ElicitationResult     -           -               -               -        hook_event
PreModelSwitch        -           -               -               -        hook_event
PostModelSwitch       -           -               -               -        hook_event
"""

HEAD, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
NAMESPACES = HEAD[1:]
HOOKS = [row[0] for row in ROWS]

FIXTURES = Path(__file__).parents[1] / "fixtures" / "claude_code_hooks.jsonl"
BODIES: dict[str, dict[str, Any]] = {
    line["name"]: line["payload"] for line in map(json.loads, FIXTURES.read_text().splitlines())
}

MAIN = "5ce20f9a-3691-4f9c-8c0b-e7ca01535242"
SUBAGENT = "ae03a6ca2362a6b22"

#: Equal bodies count as one for so long, in seconds: longer than any test runs.
REPEATS = {"claude_code": {"repeat_window": 3600}}


async def post(http: aiohttp.ClientSession, body: Any, source: str = "claude-code") -> tuple[int, bytes]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    async with http.post(f"/v1/hooks/{source}", data=data, headers=headers) as response:
        return response.status, await response.read()


@pytest.fixture
async def server(start_server: StartServer) -> AsyncServer:
    return await start_server(plugin=REPEATS)


@pytest.fixture
async def played(server: AsyncServer, http: aiohttp.ClientSession, connect: Connect) -> AsyncServer:
    """A server that was sent all bodies, while a dashboard looked at the files."""
    await connect(server, "/files")
    for hook in HOOKS:
        await post(http, BODIES[hook])
    return server


def test_the_table_has_every_body() -> None:
    assert sorted(HOOKS) == sorted(BODIES)


async def test_every_body_is_answered_at_once_and_becomes_its_events(
    server: AsyncServer, http: aiohttp.ClientSession, connect: Connect
) -> None:
    """204 without a body; stock clients get the events under their types' names."""
    clients = {namespace: await connect(server, namespace) for namespace in NAMESPACES}
    system = await connect(server, "/system")

    def received(namespace: str) -> list[str]:
        return [name for name, _ in clients[namespace].received if name != "ready"]

    expected: dict[str, list[str]] = {namespace: [] for namespace in NAMESPACES}
    for hook, *cells in ROWS:
        assert await post(http, BODIES[hook]) == (204, b""), hook
        for namespace, event_type in zip(NAMESPACES, cells, strict=True):
            if event_type != "-":
                expected[namespace].append(event_type)
                await clients[namespace].wait(event_type, expected[namespace].count(event_type))
        assert {namespace: received(namespace) for namespace in NAMESPACES} == expected, hook
    assert {name for name, _ in system.received} <= {"ready", "connection_status", "heartbeat"}


async def test_events_carry_the_session_and_the_subagent_that_they_belong_to(
    server: AsyncServer, http: aiohttp.ClientSession, connect: Connect
) -> None:
    client = await connect(server, "/tools")
    for hook in ("PreToolUse:Bash", "PreToolUse:Bash@sub"):
        await post(http, BODIES[hook])
    own, nested = await client.wait("tool_start", 2)
    assert (own["session"], own.get("agent"), own["correlationid"]) == (MAIN, None, "toolu_5640c885e00641cc9f6f")
    assert (nested["session"], nested["agent"]) == (MAIN, SUBAGENT)
    assert own["data"]["input"] == {"command": "echo hello-hook", "description": "Echo"}


async def test_a_second_post_of_the_same_bodies_adds_nothing(played: AsyncServer, http: aiohttp.ClientSession) -> None:
    """Hooks that are configured twice fire twice."""

    async def heads() -> dict[str, int]:
        async with http.get("/v1/streams") as response:
            streams = (await response.json())["streams"]
        return {stream["name"]: stream["head"] for stream in streams}

    before = await heads()
    for hook in HOOKS:
        assert await post(http, BODIES[hook]) == (204, b"")
    assert await heads() == before
    assert sum(before.values()) == sum(cell != "-" for row in ROWS for cell in row[1:])


async def test_a_batch_ends_the_calls_that_have_no_stop_of_their_own(
    server: AsyncServer, http: aiohttp.ClientSession, connect: Connect
) -> None:
    client = await connect(server, "/tools")
    await post(http, BODIES["PostToolBatch"])
    stops = await client.wait("tool_stop", 2)
    assert [(stop["data"]["tool"], stop["data"]["outcome"]) for stop in stops] == [
        ("Bash", "success"),
        ("Read", "success"),
    ]


async def test_the_tools_know_how_every_call_ended(played: AsyncServer, connect: Connect) -> None:
    state = (await connect(played, "/tools")).named("ready")[0]["snapshot"]
    assert state["running"] == []
    ended = {call["correlationid"]: call for call in state["recent"]}
    assert {call["tool"]: call["outcome"] for call in ended.values() if call["outcome"] == "success"}.keys() == {
        "Bash",
        "Read",
        "Agent",
        "Write",
    }
    failed = ended["toolu_d2f0103401ab458ebd68"]
    assert (failed["tool"], failed["outcome"], failed["session"]) == ("Bash", "failed", MAIN)
    assert ended["toolu_01ABC123..."]["outcome"] == "denied"
    assert ended["toolu_a5cde74de85143a597c5"]["agent"] == SUBAGENT
    assert state["counts"] == {"success": 5, "failed": 1, "denied": 1, "cancelled": 0, "unknown": 0, "lost": 0}


async def test_the_subagent_stands_under_the_main_agent(played: AsyncServer, connect: Connect) -> None:
    state = (await connect(played, "/agents")).named("ready")[0]["snapshot"]
    (session,) = state["sessions"]
    (agent,) = session["agents"]
    assert session["session"] == MAIN
    assert (agent["agent"], agent["parent"], agent["children"]) == (SUBAGENT, "main", [])
    assert (agent["status"], agent["outcome"], agent["agent_type"]) == ("finished", "success", "general-purpose")
    assert (agent["description"], agent["correlationid"]) == ("Sub work", "toolu_17e52cc6b2734e5c8c02")
    assert (agent["tokens"], agent["tool_uses"], agent["background"]) == (15, 1, False)


async def test_the_files_have_their_last_operation(played: AsyncServer, connect: Connect) -> None:
    state = (await connect(played, "/files")).named("ready")[0]["snapshot"]
    last = {file["path"]: (file["last"]["operation"], file["last"]["tool"]) for file in state["files"]}
    assert last == {
        "/home/dev/project/a.txt": ("read", "Read"),
        "/home/dev/project/out.txt": ("create", "Write"),
        "/Users/my-project/.envrc": ("change", None),
    }


async def test_the_failed_command_and_the_failed_turn_are_unresolved_errors(
    played: AsyncServer, connect: Connect
) -> None:
    state = (await connect(played, "/errors")).named("ready")[0]["snapshot"]
    assert [(error["kind"], error["tool"], error["message"]) for error in state["errors"]] == [
        ("tool_failed", "Bash", "Exit code 3"),
        ("turn_failed", None, "API Error: 400 mock bad request"),
    ]


async def test_the_sessions_say_who_waits_and_why(played: AsyncServer, connect: Connect) -> None:
    state = (await connect(played, "/sessions")).named("ready")[0]["snapshot"]
    told = {session["session"].partition("-")[0]: (session["status"], session["why"]) for session in state["sessions"]}
    assert told == {
        "5ce20f9a": ("ended", "other"),
        "cf506203": ("waiting", "permission for Bash"),
        "abc123": ("waiting", "Claude needs your permission"),
        "b06f30f3": ("idle", "API Error: 400 mock bad request"),
        "3c45ac8c": ("idle", None),
        "0c72f8c1": ("idle", None),
    }
    main = next(session for session in state["sessions"] if session["session"] == MAIN)
    assert (main["prompt"], main["turns"], main["errors"], main["project"]) == ("MAINTASK please", 1, 1, "project")


@pytest.mark.parametrize("body", [[], None, "Stop", {}, {"hook_event_name": "Stop"}, {"session_id": "s1"}], ids=str)
async def test_json_that_is_no_hook_is_answered_like_one_and_told(
    server: AsyncServer, http: aiohttp.ClientSession, connect: Connect, body: Any
) -> None:
    """The agent could mend nothing; the people can: a dead letter keeps it, and ``/errors`` tells of it."""
    errors = await connect(server, "/errors")
    assert await post(http, body) == (204, b"")
    (error,) = await errors.wait("error")
    assert (error["data"]["kind"], error["data"]["detail"]) == ("event_rejected", "received by claude-code")
    assert error["data"]["plugin"].startswith("eventyard-claude-code ")
    async with http.get("/v1/dead-letters") as response:
        (letter,) = (await response.json())["dead_letters"]
    assert (letter["intake"], letter["body"], letter["issues"][0]["keyword"]) == ("claude-code", body, "decode")


async def test_a_source_that_nobody_decodes_is_404(http: aiohttp.ClientSession) -> None:
    status, answer = await post(http, BODIES["Stop"], source="no-such-agent")
    assert status == 404
    assert "'no-such-agent'" in json.loads(answer)["detail"]


async def test_a_hook_that_nobody_has_heard_of_is_kept_whole(
    server: AsyncServer, http: aiohttp.ClientSession, connect: Connect
) -> None:
    client = await connect(server, "/sessions")
    body = {"hook_event_name": "MoonPhase", "session_id": "s1", "phase": ["waxing", None, {"lit": 0.5}]}
    assert await post(http, body) == (204, b"")
    (event,) = await client.wait("hook_event")
    assert event["data"] == {"hook": "MoonPhase", "body": body, "agent_kind": "claude-code"}
    assert event["session"] == "s1"


async def test_many_agents_at_once_lose_nothing(
    server: AsyncServer, http: aiohttp.ClientSession, connect: Connect
) -> None:
    """Their bodies come interleaved; each session's own order holds."""
    client = await connect(server, "/tools")
    pair = BODIES["PreToolUse:Bash"], BODIES["PostToolUse:Bash"]

    async def agent(number: int) -> None:
        for body in pair:
            assert await post(http, body | {"session_id": f"s{number}"}) == (204, b"")

    await asyncio.gather(*(agent(number) for number in range(40)))
    await client.wait("tool_stop", 40)
    events = [body for name, body in client.received if name.startswith("tool_")]
    assert [int(event["sequence"]) for event in events] == list(range(1, 81))
    for number in range(40):
        own = [event["type"] for event in events if event["session"] == f"s{number}"]
        assert own == ["tool_start", "tool_stop"]
