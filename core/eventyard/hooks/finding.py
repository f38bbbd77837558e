"""What somebody who looks for a fault has found."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

__all__ = ["LEVELS", "Finding", "Level"]

#: ``ok``: as it should be. ``warning``: it works, and is not what most people want. ``problem``: it does not work.
Level = Literal["ok", "warning", "problem"]

LEVELS: Final[tuple[str, ...]] = get_args(Level)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at by ``eventyard doctor``.

    Attributes:
        level: How it is: ``ok``, ``warning`` or ``problem``.
        text: What was found, in one plain sentence or its beginning, without secrets.
        remedy: What to do about it, as a command or a sentence; empty where nothing is to be done.
    """

    level: Level
    text: str
    remedy: str = ""

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            message = f"the level of a finding is {self.level!r}, expected one of {', '.join(LEVELS)}"
            raise ValueError(message)

    def to_json(self) -> dict[str, str]:
        """The finding as a JSON object with all three members."""
        return {"level": self.level, "text": self.text, "remedy": self.remedy}
