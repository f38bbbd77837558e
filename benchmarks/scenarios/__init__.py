"""What is measured: a file for each group of the targets."""

from benchmarks.case import Case
from benchmarks.scenarios import dispatch, fanout, growth, hook_call, ingest, latency, memory, resume, startup

__all__ = ["all_cases"]


def all_cases() -> list[Case]:
    """Every case, in the order in which it is reported."""
    scenarios = (fanout, ingest, latency, dispatch, memory, startup, hook_call, growth, resume)
    return [case for scenario in scenarios for case in scenario.cases()]
