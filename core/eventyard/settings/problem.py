"""What is wrong with a configuration."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eventyard.errors import SettingsError
from eventyard.settings.origin import Origin

__all__ = ["InvalidSettings", "Problem", "shown"]

_SHOWN_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a configuration.

    Attributes:
        key: The setting, for example ``validation.engine``; for an unknown key, the key as it was written.
        message: What was expected, and what came.
        origin: Who said it.
    """

    key: str
    message: str
    origin: Origin

    def __str__(self) -> str:
        return f"{self.key}: {self.message} ({self.origin})"

    def to_json(self) -> dict[str, str]:
        """The problem as a JSON object."""
        return {"key": self.key, "message": self.message, "origin": str(self.origin)}


class InvalidSettings(SettingsError):
    """Settings that cannot be used, with everything that is wrong with them.

    Attributes:
        problems: All problems, in the order of the layers.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        if len(self.problems) == 1:
            super().__init__(f"wrong setting: {self.problems[0]}")
        else:
            lines = "".join(f"\n  {problem}" for problem in self.problems)
            super().__init__(f"{len(self.problems)} wrong settings:{lines}")


def shown(value: Any) -> str:
    """A value that was given, as JSON cut to a readable length, for the end of an error message."""
    if value is None:
        return "nothing"
    text = json.dumps(value, default=repr, ensure_ascii=False)
    return text if len(text) <= _SHOWN_LENGTH else f"{text[: _SHOWN_LENGTH - 1]}…"
