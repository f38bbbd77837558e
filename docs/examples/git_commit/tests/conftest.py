"""A real server with the installed plugins, and a repository."""

import contextlib
import os
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from eventyard import AsyncServer, Settings

StartServer = Callable[..., Awaitable[AsyncServer]]


@pytest.fixture
async def start_server() -> AsyncIterator[StartServer]:
    """Start servers with changed settings: ``start_server(plugin={"git_commit": {…}})``; all are stopped at the end."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(**changes: Any) -> AsyncServer:
            settings = Settings().with_changes(port=0, journal={"durability": "memory"}, **changes)
            return await stack.enter_async_context(AsyncServer(settings))

        yield start


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Call git in a repository that is empty at first and has no hooks: ``git("commit", "-m", "…")``."""
    home = tmp_path / "home"
    home.mkdir()
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    repository = tmp_path / "shop"
    repository.mkdir()

    def call(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=repository, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    call("init", "--quiet", "--initial-branch=main")
    call("config", "user.name", "Ada")
    call("config", "user.email", "ada@example.org")
    monkeypatch.chdir(repository)
    return call
