"""Events that a server refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eventyard.client.errors import ClientError
from eventyard.events import Issue, Outcome, Status

__all__ = ["EventsRejected", "Rejection"]


@dataclass(frozen=True, slots=True)
class Rejection:
    """An event that the server refused.

    Attributes:
        event: The event as it was sent.
        issues: Why.
    """

    event: Mapping[str, Any]
    issues: Sequence[Issue]

    def __str__(self) -> str:
        reasons = "; ".join(f"{issue.pointer or 'the event'}: {issue.message}" for issue in self.issues)
        return f"{self.event.get('type')} {self.event.get('id')} was refused: {reasons}"


class EventsRejected(ClientError):
    """The server refused one or more of the events that were published; it took the others.

    Attributes:
        outcomes: What became of each of the events.
        rejections: Those that were refused, with the reasons.
    """

    def __init__(self, events: Sequence[Mapping[str, Any]], outcomes: Sequence[Outcome]) -> None:
        self.outcomes = list(outcomes)
        self.rejections = [
            Rejection(event, outcome.issues)
            for event, outcome in zip(events, outcomes, strict=True)
            if outcome.status is Status.REJECTED
        ]
        more = f"; {len(self.rejections) - 1} more were refused" if len(self.rejections) > 1 else ""
        super().__init__(f"{self.rejections[0]}{more}")
