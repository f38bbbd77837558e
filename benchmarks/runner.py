"""Cases, measured one after the other."""

import asyncio
from collections.abc import Callable, Sequence

import uvloop

from benchmarks.case import Bench, Case, Incorrect
from benchmarks.results import Results

__all__ = ["measure"]


def measure(bench: Bench, cases: Sequence[Case], results: Results, runs: int, tell: Callable[[str], None]) -> None:
    """Measure each of ``cases`` ``runs`` times.

    All of them once before any of them again, so that a disturbance of the machine does not meet all runs of one.

    Args:
        bench: Where.
        cases: What.
        results: Where the figures go, and what went wrong.
        runs: How often.
        tell: Is told what is being done.
    """
    for run in range(1, runs + 1):
        for case in cases:
            missing = case.contender.missing(bench.installation)
            if missing is not None:
                results.skipped[case.name] = missing
                continue
            if case.name in results.problems or (case.once and run > 1):
                continue
            try:
                with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
                    figures = loop.run(case.run(bench))
            except (Incorrect, RuntimeError, OSError, TimeoutError, ExceptionGroup) as error:
                results.problems[case.name] = str(error)
                tell(f"{case.name} ({run}/{runs}): WRONG: {error}")
                continue
            results.add(case.name, figures)
            shown = ", ".join(f"{name} {value:,.5g}" for name, value in figures.items())
            tell(f"{case.name} ({run}/{runs}): {shown}")
