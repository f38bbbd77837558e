"""What the check of a schema found."""

from dataclasses import dataclass

__all__ = ["Finding"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a schema leaves the profile.

    Attributes:
        rule: Name of the profile's rule, for example ``pattern``.
        pointer: JSON pointer into the schema.
        reason: What is wrong and what was expected.
        warning: Whether the schema can be used all the same.
    """

    rule: str
    pointer: str
    reason: str
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.rule} at {self.pointer or 'the root'}: {self.reason}"
