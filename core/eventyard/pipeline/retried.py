"""What became of a dead letter that was tried again."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from eventyard.events import Issue, Outcome, Status

__all__ = ["Retried", "RetryStatus"]


class RetryStatus(StrEnum):
    """What became of a dead letter that was tried again."""

    #: All of it is taken in; the letter is removed.
    ACCEPTED = "accepted"
    #: All of it had been taken in before; the letter is removed.
    DUPLICATE = "duplicate"
    #: It was refused again, and stays with the new issues.
    REJECTED = "rejected"
    #: There is no such letter, or not any more.
    GONE = "gone"
    #: Events cannot be kept at the moment; the letter stays as it is.
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Retried:
    """What became of a dead letter that was tried again.

    Attributes:
        number: The letter.
        status: What became of it.
        events: Where its events are, when it was taken in: one for an event, any number for a foreign body.
        issues: Why it was refused again.
    """

    number: int
    status: RetryStatus
    events: Sequence[Outcome] = ()
    issues: Sequence[Issue] = ()

    @classmethod
    def by(cls, number: int, outcomes: Sequence[Outcome]) -> Self:
        """What became of a letter, by what became of its events."""
        issues = [issue for outcome in outcomes for issue in outcome.issues]
        found = {outcome.status for outcome in outcomes}
        if Status.REJECTED in found:
            return cls(number, RetryStatus.REJECTED, issues=issues)
        return cls(number, RetryStatus.DUPLICATE if found == {Status.DUPLICATE} else RetryStatus.ACCEPTED, outcomes)

    def to_json(self) -> dict[str, Any]:
        """The result as a JSON object with all four members."""
        return {
            "number": self.number,
            "status": self.status.value,
            "events": [outcome.to_json() for outcome in self.events],
            "issues": [issue.to_json() for issue in self.issues],
        }
