"""Calls every hot function while callgrind counts; started by :mod:`benchmarks.instructions.counting`.

Callgrind writes what it has counted since the last time whenever the function :data:`MARK` of the C library is entered,
which nothing else calls. So one process, which takes a minute to start, does for all functions.
"""

import asyncio
import ctypes
import gc
import sys
from pathlib import Path

from benchmarks.instructions.functions import Hot, hot_functions

__all__ = ["MARK"]

#: ``lcong48`` seeds a random number generator that Python does not use.
MARK = "lcong48"

#: Calls before the first count: by then, caches are filled and the interpreter has specialised what it runs.
_WARM_UP = 4


def main() -> None:
    """Count every function twice, and print their names in this order."""
    asyncio.run(_run(Path(sys.argv[1])))


async def _run(folder: Path) -> None:
    mark = ctypes.CDLL(None)[MARK]
    argument = (ctypes.c_ushort * 7)()
    async with hot_functions(folder) as functions:
        for function in functions:
            await _call(function, _WARM_UP)
        # When a collection comes depends on all that was done before.
        gc.collect()
        gc.freeze()
        gc.disable()
        for function in functions:
            for times in (function.times, 2 * function.times):
                # What was scheduled before is not the function's.
                await asyncio.sleep(0.1)
                mark(argument)
                await _call(function, times)
                mark(argument)
            print(function.times * function.events, function.name, flush=True)


async def _call(function: Hot, times: int) -> None:
    for _ in range(times):
        await function.call()


if __name__ == "__main__":
    main()
