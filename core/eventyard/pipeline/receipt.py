"""The answer to a sender: what became of each event."""

from collections.abc import Sequence
from typing import Any

from eventyard.events import Outcome, Status

__all__ = ["receipt"]


def receipt(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """``{"accepted", "duplicate", "rejected", "results"}``, the results in the order in which the events came."""
    statuses = [outcome.status for outcome in outcomes]
    answer: dict[str, Any] = {status.value: statuses.count(status) for status in Status}
    answer["results"] = [outcome.to_json() for outcome in outcomes]
    return answer
