"""The answer to a sender: what became of each event."""

from collections.abc import Sequence
from typing import Any

from eventyard.events import Outcome, Status

__all__ = ["receipt"]


def receipt(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """``{"accepted", "duplicate", "rejected", "results"}``, the results in the order in which the events came."""
    counts = dict.fromkeys(Status, 0)
    for outcome in outcomes:
        counts[outcome.status] += 1
    answer: dict[str, Any] = {status.value: count for status, count in counts.items()}
    answer["results"] = [outcome.to_json() for outcome in outcomes]
    return answer
