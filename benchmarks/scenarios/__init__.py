"""What is measured: a file for each group of the targets."""

from benchmarks.case import Case
from benchmarks.scenarios import fanout, hook_call, ingest, latency, memory, startup

__all__ = ["all_cases"]


def all_cases() -> list[Case]:
    """Every case, in the order in which it is reported."""
    return [case for scenario in (fanout, ingest, latency, hook_call, startup, memory) for case in scenario.cases()]
