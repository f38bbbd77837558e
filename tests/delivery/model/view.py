"""What a listener asks for."""

from dataclasses import dataclass
from typing import Any

__all__ = ["View"]


@dataclass(frozen=True)
class View:
    """What a listener asks for when it joins, besides where to begin.

    Attributes:
        batch: Events come in lists.
        types: Only these; ``None`` for all.
        sessions: Only these; ``None`` for all.
        window: How many events it takes without acknowledging them; ``None`` for any number.
    """

    batch: bool = False
    types: frozenset[str] | None = None
    sessions: frozenset[str] | None = None
    window: int | None = None

    def auth(self) -> dict[str, Any]:
        """The members of ``auth``."""
        auth: dict[str, Any] = {"batch": self.batch, "window": self.window}
        if self.types is not None:
            auth["types"] = sorted(self.types)
        if self.sessions is not None:
            auth["sessions"] = sorted(self.sessions)
        return auth

    def shows(self, event_type: str, session: str) -> bool:
        """Whether an event is for the listener."""
        return (self.types is None or event_type in self.types) and (self.sessions is None or session in self.sessions)
