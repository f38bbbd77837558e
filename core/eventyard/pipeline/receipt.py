"""The answer to a sender: what became of each event."""

from collections.abc import Sequence
from typing import Any, Final

from eventyard.events import Outcome, Status

__all__ = ["receipt"]

# With their names: Python looks up both by functions of its own, for each answer.
_STATUSES: Final = [(status, status.value) for status in Status]


def receipt(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """``{"accepted", "duplicate", "rejected", "results"}``, the results in the order in which the events came."""
    statuses = [outcome.status for outcome in outcomes]
    answer: dict[str, Any] = {name: statuses.count(status) for status, name in _STATUSES}
    answer["results"] = [outcome.to_json() for outcome in outcomes]
    return answer
