"""What Codex is told to do: posting, without ever being in the way."""

import asyncio
import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from eventyard import AsyncServer, Settings
from eventyard_codex import CodexPlugin, hooks_file, notify_command
from eventyard_codex.hooks_file import HOOKS

Bodies = dict[str, dict[str, Any]]
Kept = Callable[[], Awaitable[list[dict[str, Any]]]]

TOKEN = "a-token-of-sixteen"

needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="the hooks call curl")


def handler(url: str, hook: str = "Stop", **options: bool) -> dict[str, Any]:
    (group,) = hooks_file(url, **options)["hooks"][hook]
    (found,) = group["hooks"]
    assert isinstance(found, dict)
    return found


async def run(command: list[str], body: Any = None) -> subprocess.CompletedProcess[str]:
    """Run a command as Codex does, with the body on its standard input."""

    def call() -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, input=json.dumps(body), capture_output=True, check=False, text=True)

    return await asyncio.to_thread(call)


def test_every_hook_is_there_with_a_time_limit_that_codex_takes() -> None:
    """Codex ends Interrupt and SessionEnd after three seconds."""
    assert set(hooks_file("http://localhost:8765")["hooks"]) == set(HOOKS)
    assert {handler("http://localhost:8765", hook)["timeout"] for hook in HOOKS} == {3}


@needs_curl
async def test_a_hook_posts_its_body(server: AsyncServer, kept: Kept, bodies: Bodies) -> None:
    done = await run(["sh", "-c", handler(server.url)["command"]], bodies["turn_end"])
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [event["type"] for event in await kept()] == ["turn_end"]


@needs_curl
async def test_a_notification_is_posted(server: AsyncServer, kept: Kept, bodies: Bodies) -> None:
    """Codex gives it as the last argument."""
    done = await run([*notify_command(server.url), json.dumps(bodies["notify"])])
    assert (done.returncode, done.stdout) == (0, "")
    assert [event["type"] for event in await kept()] == ["turn_end"]


@needs_curl
async def test_codex_does_not_notice_that_there_is_no_server(bodies: Bodies) -> None:
    """What a hook prints would be read as its answer."""
    done = await run(["sh", "-c", handler("http://localhost:1")["command"]], bodies["turn_end"])
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@needs_curl
async def test_a_token_is_taken_from_the_environment_and_not_written_down(
    bodies: Bodies, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings().with_changes(port=0, token=TOKEN, journal={"durability": "memory"})
    async with AsyncServer(settings) as server:
        commands = [
            ["sh", "-c", handler(server.url, needs_token=True)["command"]],
            [*notify_command(server.url, needs_token=True), json.dumps(bodies["notify"])],
        ]
        assert TOKEN not in str(commands)
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with aiohttp.ClientSession(server.url, headers=headers) as http:
            for command in commands:
                await run(command, bodies["session_end"])
            assert await session_events(http) == []
            monkeypatch.setenv("EVENTYARD_TOKEN", TOKEN)
            for command in commands:
                await run(command, bodies["session_end"])
            assert await session_events(http) == ["session_end", "turn_end"]


async def session_events(http: aiohttp.ClientSession) -> list[str]:
    async with http.get("/v1/streams/sessions/events") as response:
        return [event["type"] for event in (await response.json())["events"]]


@pytest.mark.parametrize("needs_token", [False, True])
async def test_the_command_that_is_shown_when_the_server_starts_prints_the_hooks(needs_token: bool) -> None:
    shown = CodexPlugin().introduce("http://localhost:9000", needs_token).splitlines()[-1]
    command = shown.partition(">")[0].replace("python", sys.executable)
    printed = await run(["sh", "-c", command])
    assert json.loads(printed.stdout) == hooks_file("http://localhost:9000", needs_token=needs_token)


async def test_the_program_prints_both() -> None:
    url = "http://localhost:9000"
    printed = await run([sys.executable, "-m", "eventyard_codex", url])
    assert json.loads(printed.stdout) == hooks_file(url)
    printed = await run([sys.executable, "-m", "eventyard_codex", url, "--notify", "--token"])
    assert tomllib.loads(printed.stdout) == {"notify": notify_command(url, needs_token=True)}
