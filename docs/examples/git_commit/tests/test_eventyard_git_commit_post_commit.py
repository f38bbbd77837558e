"""The command that a repository's hook calls."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from eventyard import AsyncServer

StartServer = Callable[..., Awaitable[AsyncServer]]
Git = Callable[..., str]

COMMAND = str(Path(sys.executable).with_name("eventyard-git-commit"))


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, *arguments], capture_output=True, check=False, text=True)


def write(text: str) -> None:
    Path("price.py").write_text(text, "utf-8")


async def commits(server: AsyncServer) -> list[dict[str, Any]]:
    async with aiohttp.ClientSession(server.url) as http, http.get("/v1/streams/git/events") as response:
        return [event["data"] for event in (await response.json())["events"]]


async def test_commits_arrive_by_the_hook_of_the_repository(start_server: StartServer, git: Git) -> None:
    """A first commit, one with a message of many lines, a merge."""
    server = await start_server()
    hook = Path(".git/hooks/post-commit")
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\nexec {COMMAND} --url {server.url} --verbose\n", "utf-8")
    hook.chmod(0o755)

    def work() -> list[str]:
        write("a\nb\n")
        git("add", ".")
        git("commit", "-m", "First")
        first = git("rev-parse", "HEAD")
        git("checkout", "--quiet", "-b", "topic")
        write("a\nc\nd\n")
        git("commit", "-am", "Zweite Änderung\n\nMit Begründung.")
        second = git("rev-parse", "HEAD")
        git("checkout", "--quiet", "main")
        git("merge", "--quiet", "--no-ff", "-m", "Merge", "topic")
        # Git calls post-merge, not post-commit, behind a merge without conflicts.
        assert run("--url", server.url, "--verbose").returncode == 0
        return [first, second, git("rev-parse", "HEAD")]

    first, second, merge = await asyncio.to_thread(work)
    told = await commits(server)
    shared = {"repository": str(Path.cwd()), "author": "Ada"}
    assert told == [
        shared
        | {"sha": first, "summary": "First", "branch": "main", "parents": []}
        | {"files_changed": 1, "insertions": 2, "deletions": 0},
        shared
        | {"sha": second, "summary": "Zweite Änderung", "branch": "topic", "parents": [first]}
        | {"files_changed": 1, "insertions": 2, "deletions": 1},
        shared
        | {"sha": merge, "summary": "Merge", "branch": "main", "parents": [first, second]}
        | {"files_changed": 1, "insertions": 2, "deletions": 1},
    ]


async def test_without_a_branch_none_is_told(start_server: StartServer, git: Git) -> None:
    server = await start_server()

    def work() -> None:
        git("commit", "--allow-empty", "-m", "Empty")
        git("checkout", "--quiet", "--detach")
        assert run("--url", server.url, "--verbose").returncode == 0

    await asyncio.to_thread(work)
    (data,) = await commits(server)
    assert "branch" not in data
    assert (data["files_changed"], data["insertions"], data["deletions"]) == (0, 0, 0)


async def test_a_token_is_taken_from_the_environment(
    start_server: StartServer, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await start_server(token="a-token-of-sixteen")
    git("commit", "--allow-empty", "-m", "First")
    monkeypatch.setenv("EVENTYARD_URL", server.url)
    refused = await asyncio.to_thread(run, "--verbose")
    assert (refused.returncode, "401" in refused.stderr) == (1, True)
    monkeypatch.setenv("EVENTYARD_TOKEN", "a-token-of-sixteen")
    assert (await asyncio.to_thread(run, "--verbose")).returncode == 0


@pytest.mark.parametrize("url", ["http://localhost:1", "file:///etc/hosts", "no address"])
def test_a_commit_is_never_hindered(git: Git, url: str) -> None:
    """Nobody listens, or the address is none: silence, unless somebody asks."""
    git("commit", "--allow-empty", "-m", "First")
    quiet = run("--url", url)
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    verbose = run("--url", url, "--verbose")
    assert verbose.returncode == 1
    assert verbose.stderr.startswith("eventyard-git-commit: ")


def test_outside_of_a_repository_there_is_nothing_to_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("--verbose")
    assert done.returncode == 1
    assert "git" in done.stderr
