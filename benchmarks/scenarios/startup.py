"""Start: from the start of the program until it is ready, or done."""

import asyncio
import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from benchmarks.case import Bench, Case, Incorrect
from benchmarks.contenders import EVENTYARD, NODE, PYTHON_SOCKETIO, Contender
from benchmarks.load.http import HttpConnection
from benchmarks.measurement import Figures, cpu_seconds, percentile
from benchmarks.server import SERVER_CORE, as_installed, on_core

__all__ = ["cases"]

_TIMES = 5


def cases() -> list[Case]:
    """The server, the command's help, and for comparison a bare server and an interpreter that does nothing."""
    return [
        *(
            Case(
                name=f"startup/serve/{contender.name}",
                run=partial(_serve, contender=contender),
                contender=contender,
                quick=contender is EVENTYARD,
            )
            for contender in (EVENTYARD, PYTHON_SOCKETIO, NODE)
        ),
        Case(name="startup/help/eventyard", run=_help, contender=EVENTYARD, quick=True),
        Case(name="startup/nothing/python", run=_nothing, contender=PYTHON_SOCKETIO),
    ]


async def _serve(bench: Bench, *, contender: Contender) -> Figures:
    seconds, cpu = [], []
    for _ in range(_TIMES):
        async with bench.server(contender) as server:
            begin = time.perf_counter()
            connection = await HttpConnection.open(server.address)
            if contender is EVENTYARD:
                status, _ = await connection.ask(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                if status != 204:
                    message = f"/readyz answers {status}"
                    raise Incorrect(message)
            connection.close()
            seconds.append(server.start_seconds + time.perf_counter() - begin)
            cpu.append(cpu_seconds(server.process))
    return {"p50_s": percentile(seconds, 50), "max_s": max(seconds), "p50_cpu_s": percentile(cpu, 50)}


async def _help(bench: Bench) -> Figures:
    command = Path(bench.installation.python).parent / "eventyard"
    return await _time(bench, [str(command), "--help"])


async def _nothing(bench: Bench) -> Figures:
    return await _time(bench, [sys.executable, "-c", "pass"])


async def _time(bench: Bench, command: list[str]) -> Figures:
    def run() -> tuple[float, float]:
        before = os.times()
        with on_core(SERVER_CORE if bench.pinned else None):
            begin = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env=as_installed())
            wall = time.perf_counter() - begin
        after = os.times()
        used = after.children_user + after.children_system - before.children_user - before.children_system
        return wall, used

    walls, used = zip(*[await asyncio.to_thread(run) for _ in range(2 * _TIMES)], strict=True)
    return {"p50_s": percentile(walls, 50), "max_s": max(walls), "p50_cpu_s": percentile(used, 50)}
