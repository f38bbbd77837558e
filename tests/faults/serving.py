"""``eventyard serve`` as a user runs it: a process of its own, which can be killed."""

import asyncio
import contextlib
import json
import os
import random
import signal
import socket
import sys
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError

import psutil

__all__ = ["ServerProcess", "free_port"]

#: Seconds until a server answers, with a journal of some 100 000 events, on a machine that does other things too.
_START: Final = 30

_EVENTYARD: Final = ("-m", "eventyard")


def free_port() -> int:
    """A port that nobody has at the moment, below those that clients get for their own end.

    A server is killed and started again at the same port; meanwhile nobody else may take it.
    """
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as candidate, contextlib.suppress(OSError):
            candidate.bind(("127.0.0.1", port))
            return port


class ServerProcess:
    """One data directory and port, and the process that serves them, one after the other.

    Attributes:
        data_dir: The data directory.
        url: Where the server answers.
        output: What all the processes have logged.
        starts: How many there were.
    """

    def __init__(
        self,
        data_dir: Path,
        settings: Mapping[str, object] | None = None,
        *,
        program: Sequence[str] = _EVENTYARD,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Serve ``data_dir``.

        Args:
            data_dir: The data directory.
            settings: Settings by dotted key.
            program: What Python runs in the place of ``-m eventyard``.
            environment: Variables besides those of this process.
        """
        port = free_port()
        self.data_dir = data_dir
        self.url = f"http://127.0.0.1:{port}"
        self.output = data_dir.with_name(f"{data_dir.name}.log")
        self.starts = 0
        self.program = program
        self.environment = dict(environment or {})
        changes = [f"{key}={value}" for key, value in (settings or {}).items()]
        self._arguments = ["serve", "--host", "127.0.0.1", "--port", str(port), "--data-dir", str(data_dir)]
        self._arguments += [argument for change in changes for argument in ("--set", change)]
        self._process: asyncio.subprocess.Process | None = None

    @property
    def process(self) -> psutil.Process:
        """The process that runs."""
        return psutil.Process(self._running.pid)

    @property
    def _running(self) -> asyncio.subprocess.Process:
        assert self._process is not None
        return self._process

    async def spawn(self) -> None:
        """Start a process; :meth:`ready` waits until it answers."""
        self.starts += 1
        with self.output.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *self.program,
                *self._arguments,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=output,
                env={**os.environ, "NO_COLOR": "1", **self.environment},
            )

    async def ready(self) -> bool:
        """Wait until it answers; ``False`` when it has ended before."""
        async with asyncio.timeout(_START):
            while self._running.returncode is None:
                # It listens before it answers: a connection alone says nothing.
                with contextlib.suppress(OSError):
                    await self.request("/livez")
                    return True
                await asyncio.sleep(0.01)
        return False

    async def start(self) -> None:
        """Start a process and wait until it answers."""
        await self.spawn()
        if not await self.ready():
            message = f"the server has ended with {self._running.returncode}:\n{self.said()}"
            raise RuntimeError(message)

    async def kill(self) -> None:
        """End it at once, as ``kill -9`` does."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def stop(self) -> int:
        """Ask it to end, and wait for that; gives its exit code."""
        self._running.send_signal(signal.SIGTERM)
        return await self.ended()

    async def ended(self) -> int:
        """Wait until it has ended; gives its exit code, as a negative number that of a signal."""
        async with asyncio.timeout(_START):
            return await self._running.wait()

    def said(self) -> str:
        """What all the processes have logged."""
        return self.output.read_text(encoding="utf-8", errors="replace")

    async def request(self, path: str, body: object = None) -> tuple[int, Any]:
        """Send a request, with a ``body`` a POST; gives status and answer."""
        return await asyncio.to_thread(self._request, path, body)

    async def kept(self, stream: str) -> list[dict[str, Any]]:
        """All events of ``stream`` that are kept."""
        events: list[dict[str, Any]] = []
        after, head = 0, 1
        while after < head:
            _, page = await self.request(f"/v1/streams/{stream}/events?limit=1000&after={after}")
            events += page["events"]
            after, head = page["next"], page["head"]
        return events

    def _request(self, path: str, body: object) -> tuple[int, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                status, text = response.status, response.read()
        except HTTPError as error:
            status, text = error.code, error.read()
        return status, json.loads(text) if text else None
