"""A hook call as the agent feels it: from the connection to the answer, while the server has nothing else to do."""

import asyncio
from functools import partial
from time import perf_counter
from typing import Any

import orjson

from benchmarks.case import Bench, Case, Incorrect, undisturbed
from benchmarks.contenders import EVENTYARD
from benchmarks.load.http import HttpConnection, post, stream_head
from benchmarks.measurement import Figures, Stopwatch, percentile

__all__ = ["cases"]

#: Calls a second; an agent makes fewer.
_RATE = 50
_PATH = "/v1/hooks/claude-code"


def cases() -> list[Case]:
    """With a new connection for each call, and with one for all."""
    return [
        Case(
            name=f"hook/{mode}/eventyard", run=partial(_measure, fresh=mode == "fresh"), contender=EVENTYARD, quick=True
        )
        for mode in ("fresh", "kept")
    ]


async def _measure(bench: Bench, *, fresh: bool) -> Figures:
    warm_up = int(bench.warm_up * _RATE)
    calls = warm_up + max(20, int(2 * bench.seconds * _RATE))
    async with bench.server(EVENTYARD) as server:
        kept = await HttpConnection.open(server.address)
        spent = []
        problems = []
        watch = Stopwatch.start(server.process)
        with undisturbed():
            for number in range(calls):
                request = post(_PATH, _hook_call(number))
                await asyncio.sleep(1 / _RATE)
                begin = perf_counter()
                connection = await HttpConnection.open(server.address) if fresh else kept
                status, body = await connection.ask(request)
                spent.append(1000 * (perf_counter() - begin))
                if fresh:
                    connection.close()
                if status != 204:
                    problems.append(f"HTTP {status}: {body.decode()}")
        figures = watch.read(calls, "calls")
        head = await stream_head(server.address, "tools")
        kept.close()
    if head != calls:
        problems.append(f"{calls} calls were made, {head} events are there")
    if problems:
        raise Incorrect("; ".join(problems[:10]))
    spent = spent[warm_up:]
    return {
        "p50_ms": percentile(spent, 50),
        "p95_ms": percentile(spent, 95),
        "p99_ms": percentile(spent, 99),
        "max_ms": max(spent),
        **figures,
        "sent": calls,
        "delivered": head,
    }


def _hook_call(number: int) -> bytes:
    """What Claude Code posts before and after a tool call."""
    call: dict[str, Any] = {
        "session_id": "5ce20f9a-3691-4f9c-8c0b-e7ca01535242",
        "transcript_path": "/home/dev/.claude/projects/-home-dev-project/5ce20f9a-3691-4f9c-8c0b-e7ca01535242.jsonl",
        "cwd": "/home/dev/project",
        "permission_mode": "default",
        "hook_event_name": "PostToolUse" if number % 2 else "PreToolUse",
        "tool_name": "Bash",
        "tool_input": {"command": "python -m pytest -q tests/test_invoices.py", "description": "Run the tests"},
        "tool_use_id": f"toolu_01{number // 2:020d}",
    }
    if number % 2:
        call["tool_response"] = {"stdout": "3 passed in 0.42s", "stderr": "", "interrupted": False, "isImage": False}
    return orjson.dumps(call)
