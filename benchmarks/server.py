"""A server in a process of its own, on a core of its own."""

import asyncio
import contextlib
import os
import re
import resource
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Self

import psutil

from benchmarks.load.websocket import Address

__all__ = ["LOAD_CORE", "SERVER_CORE", "ServerProcess", "as_installed", "can_pin", "on_core", "raise_file_limit"]

#: Where servers run, and where the load generator runs.
SERVER_CORE, LOAD_CORE = 0, 1

_ADDRESS = re.compile(r"http://[\w.\[\]:-]*?:(\d+)\s")
_START_SECONDS = 60
_STOP_SECONDS = 15


def can_pin() -> bool:
    """Whether this machine can keep load and server apart."""
    return hasattr(os, "sched_setaffinity") and {SERVER_CORE, LOAD_CORE} <= os.sched_getaffinity(0)


def raise_file_limit() -> int:
    """Allow as many open files as this user may have; gives the number. Servers inherit it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def as_installed() -> dict[str, str]:
    """The environment of a program as its users have it.

    Here it may be forbidden to keep compiled modules: each start would compile what no installer has compiled, which
    takes as long again.
    """
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@contextlib.contextmanager
def on_core(core: int | None) -> Iterator[None]:
    """Run what is started within on ``core``; ``None`` changes nothing."""
    if core is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class ServerProcess:
    """A server that was started and answers.

    Attributes:
        address: Where.
        process: Its process.
        start_seconds: From the start of the program until it answered.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", address: Address, start_seconds: float) -> None:
        self.address = address
        self.process = psutil.Process(process.pid)
        self.start_seconds = start_seconds
        self._popen = process

    @classmethod
    async def start(
        cls, command: Sequence[str], folder: Path, *, core: int | None, environment: Mapping[str, str] | None = None
    ) -> Self:
        """Start ``command``, which prints the URL that it listens at, and wait until it does.

        What it prints goes to files in ``folder``: a pipe that nobody reads would stop it when it is full.

        Raises:
            RuntimeError: It ended, or did not come up in time; the message has what it printed.
        """
        begin = time.perf_counter()
        process, printed, errors = _launch(command, folder, core, environment or {})
        while (found := _ADDRESS.search(printed())) is None:
            if process.poll() is not None or time.perf_counter() - begin > _START_SECONDS:
                process.kill()
                message = f"{' '.join(command)} did not start:\n{errors()[-2000:]}"
                raise RuntimeError(message)
            await asyncio.sleep(0.002)
        return cls(process, ("127.0.0.1", int(found[1])), time.perf_counter() - begin)

    async def stop(self) -> None:
        """Have it end, by force if it does not."""
        self._popen.terminate()
        try:
            await asyncio.to_thread(self._popen.wait, _STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            await asyncio.to_thread(self._popen.wait)


def _launch(
    command: Sequence[str], folder: Path, core: int | None, environment: Mapping[str, str]
) -> tuple["subprocess.Popen[bytes]", Callable[[], str], Callable[[], str]]:
    """Start ``command``; gives it with what reads what it has printed, and its errors."""
    folder.mkdir(parents=True, exist_ok=True)
    printed, errors = folder / "stdout.txt", folder / "stderr.txt"
    with printed.open("wb") as stdout, errors.open("wb") as stderr, on_core(core):
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**as_installed(), **environment},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
        )
    return process, partial(_text, printed), partial(_text, errors)


def _text(path: Path) -> str:
    return path.read_text("utf-8", errors="replace")
