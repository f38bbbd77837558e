"""What a check has against a plugin."""

from dataclasses import dataclass

__all__ = ["Objection"]


@dataclass(frozen=True, slots=True)
class Objection:
    """One thing that is wrong with a plugin.

    Attributes:
        subject: What of the plugin it is about: an event type, a hook, a namespace and its method, a setting; empty for
            the plugin as a whole.
        text: What was expected, and what came.
        warning: Whether the plugin can be used all the same.
    """

    subject: str
    text: str
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.subject}: {self.text}" if self.subject else self.text

    def to_json(self) -> dict[str, str]:
        """The objection as a JSON object."""
        severity = "warning" if self.warning else "error"
        return {"subject": self.subject, "text": self.text, "severity": severity}
