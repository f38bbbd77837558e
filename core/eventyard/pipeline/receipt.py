"""The answer to a sender: what became of each event."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import orjson

from eventyard.events import Outcome, Status
from eventyard.pipeline.time_slice import TimeSlice

__all__ = ["long_receipt", "receipt"]

# With their names: Python looks up both by functions of its own, for each answer.
_STATUSES: Final = [(status, status.value) for status in Status]


def receipt(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """``{"accepted", "duplicate", "rejected", "results"}``, the results in the order in which the events came."""
    answer = _counts(outcomes)
    answer["results"] = [outcome.to_json() for outcome in outcomes]
    return answer


async def long_receipt(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The same, with turns for the rest of the event loop: the issues of thousands of events take a while to write.

    It is for orjson: what has issues is encoded already.
    """
    answer = _counts(outcomes)
    answer["results"] = results = []
    time_slice = TimeSlice()
    for outcome in outcomes:
        if time_slice.is_over:
            await asyncio.sleep(0)
            time_slice.begin()
        results.append(_result(outcome))
    return answer


def _counts(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    statuses = [outcome.status for outcome in outcomes]
    return {name: statuses.count(status) for status, name in _STATUSES}


def _result(outcome: Outcome) -> Any:
    result = outcome.to_json()
    # An object for each of 240 000 issues is more than the garbage collector looks through without holding up the
    # event loop, for 0.7 s in all.
    return orjson.Fragment(orjson.dumps(result)) if outcome.issues else result
