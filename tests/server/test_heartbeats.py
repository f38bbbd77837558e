"""The heartbeat on ``/system``: whoever hears none may take the server for dead."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Connect = Callable[..., Awaitable[Any]]

# The process may have so many file descriptors, and takes all that are free when it is told to hold them.
PROGRAM = """
import asyncio, logging, resource, socket, sys
from eventyard import AsyncServer, Settings

async def main():
    settings = Settings().with_changes(port=0, data_dir=sys.argv[1], heartbeat_interval=1)
    async with AsyncServer(settings) as server:
        print(server.url, flush=True)
        held = []
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            try:
                while line.strip() == "hold":
                    held.append(socket.socket())
            except OSError:
                pass
            while line.strip() == "release" and held:
                held.pop().close()

resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))
logging.basicConfig(level=logging.ERROR)
asyncio.run(main())
"""


class Limited:
    """A server in a process of its own, which can be left without file descriptors."""

    def __init__(self, data_dir: Path, log: Path) -> None:
        self.log = log
        command = [sys.executable, "-c", PROGRAM, str(data_dir)]
        with log.open("w") as stderr:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True
            )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()

    def tell(self, what: str) -> None:
        """Have it ``hold`` all descriptors that are free, or ``release`` them."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{what}\n")
        self.process.stdin.flush()


@pytest.fixture
def limited(tmp_path: Path) -> Iterator[Limited]:
    """A running server."""
    server = Limited(tmp_path / "data", tmp_path / "log")
    with server.process:
        yield server


async def test_heartbeats_go_on_when_there_are_file_descriptors_again(limited: Limited, connect: Connect) -> None:
    """That one is left out is told in the log."""
    client = await connect(limited, "/system")
    await client.wait("heartbeat")
    limited.tell("hold")
    async with asyncio.timeout(10):
        while "Too many open files" not in limited.log.read_text():
            await asyncio.sleep(0.05)
    limited.tell("release")
    await client.wait("heartbeat", len(client.named("heartbeat")) + 2)
