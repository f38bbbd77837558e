"""One reason why a value of one schema may be refused by another."""

from dataclasses import dataclass
from enum import StrEnum

from eventyard.schemas.diff.conjunction import Conjunction
from eventyard.schemas.subschemas import Path

__all__ = ["Certainty", "Refusal"]


class Certainty(StrEnum):
    """How sure it is that there is a value that one schema takes and the other refuses."""

    #: The rule is narrower.
    NARROWER = "narrower"
    #: Only a member that one schema says nothing of may be refused.
    NEW_MEMBER = "new_member"
    #: Nothing shows that every value is taken.
    NOT_SHOWN = "not_shown"


@dataclass(frozen=True)
class Refusal:
    """One reason why a value that satisfies ``taken_by`` may not satisfy ``refused_by``.

    Attributes:
        keyword: The keyword of ``refused_by`` that may refuse it.
        path: Where the value lies in the data.
        taken_by: What the one schema demands there.
        refused_by: What the other schema demands there.
        certainty: How sure it is.
        subject: The member that is meant, for ``required`` and the like.
        witness: A value that shows it, where one is at hand.
    """

    keyword: str
    path: Path
    taken_by: Conjunction
    refused_by: Conjunction
    certainty: Certainty = Certainty.NARROWER
    subject: str | None = None
    witness: object = None

    @property
    def pointer(self) -> str:
        """JSON pointer to the keyword in the schema that refuses; the nearest place where there is no such keyword."""
        for part in self.refused_by.parts:
            if self.keyword in part.keywords:
                return f"{part.pointer}/{self.keyword}"
        if self.refused_by.nothing is not None:
            return self.refused_by.nothing.pointer
        return self.refused_by.parts[0].pointer if self.refused_by.parts else ""
