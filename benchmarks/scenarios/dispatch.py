"""Dispatch: what other plugins cost an event that does not concern them, and what those cost that it concerns.

``own``: each further plugin has hooks for an event type of its own. ``all``: each has an ``enrich`` for all types, and
it gives nothing. In one process, without sockets and disk, so that microseconds can be told apart.
"""

import asyncio
import json
from functools import partial
from pathlib import Path

from benchmarks.case import Bench, Case, Incorrect
from benchmarks.contenders import EVENTYARD
from benchmarks.measurement import Figures
from benchmarks.server import SERVER_CORE, on_core

__all__ = ["cases"]

_ROOT = Path(__file__).parents[2]


def cases() -> list[Case]:
    """Plugins that an event does not concern, and plugins that it does."""
    return [
        Case(name=f"dispatch/{kind}/eventyard", run=partial(_measure, kind=kind), contender=EVENTYARD, quick=True)
        for kind in ("own", "all")
    ]


async def _measure(bench: Bench, *, kind: str) -> Figures:
    with on_core(SERVER_CORE if bench.pinned else None):
        process = await asyncio.create_subprocess_exec(
            *(bench.installation.python, "-m", "benchmarks.dispatch", kind),
            cwd=_ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    output, errors = await process.communicate()
    if process.returncode:
        raise Incorrect(errors.decode()[-2000:])
    spent = {int(count): us for count, us in json.loads(output).items()}
    return {
        **{f"with_{count}_us": us for count, us in spent.items()},
        **{f"added_by_{count}_us": us - spent[1] for count, us in spent.items() if count > 1},
    }
