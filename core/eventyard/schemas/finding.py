"""What the check of a schema found."""

from dataclasses import dataclass

from eventyard.schemas.rules import RULES

__all__ = ["Finding"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a schema breaks a rule.

    Attributes:
        rule: Name of the rule, for example ``pattern``; one of :data:`.rules.RULES`.
        pointer: JSON pointer into the schema.
        reason: What is wrong and what was expected.
    """

    rule: str
    pointer: str
    reason: str

    @property
    def warning(self) -> bool:
        """Whether the schema can be used all the same."""
        return RULES[self.rule].is_soft

    @property
    def severity(self) -> str:
        """``error`` or ``warning``."""
        return "warning" if self.warning else "error"

    @property
    def why(self) -> str:
        """Why the rule exists."""
        return RULES[self.rule].why

    def to_json(self) -> dict[str, str]:
        """The finding as a JSON object."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "pointer": self.pointer,
            "reason": self.reason,
            "why": self.why,
        }

    def __str__(self) -> str:
        return f"{self.rule} at {self.pointer or 'the root'}: {self.reason}"
