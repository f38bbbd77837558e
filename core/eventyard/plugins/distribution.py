"""Whose a plugin is: the distribution that brought it."""

import re
from dataclasses import dataclass
from importlib.metadata import EntryPoint

import eventyard
from eventyard.hooks import ENTRY_POINT_GROUP

__all__ = ["BUNDLED", "CORE", "EMBEDDED", "Distribution", "normalized"]


@dataclass(frozen=True, order=True, slots=True)
class Distribution:
    """A distribution by its normalised name and version, as errors name it: ``eventyard-tool 0.1.0``."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    @classmethod
    def of(cls, entry_point: EntryPoint) -> "Distribution":
        """The distribution that announces ``entry_point``."""
        if entry_point.dist is None:
            return cls(f"unknown distribution of {ENTRY_POINT_GROUP}", "?")
        return cls(normalized(entry_point.dist.name), entry_point.dist.version)


def normalized(name: str) -> str:
    """The name of a distribution as the packaging standards compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


#: The owner of what is not a plugin's: the envelope, the guards, the server's own events.
CORE = Distribution("eventyard", eventyard.__version__)

#: The owner of plugin objects that a program registers itself.
EMBEDDED = Distribution("embedded", "0")

#: The distributions of this repository; every other one is a third party's.
BUNDLED = frozenset(
    f"eventyard-{name}" for name in ("agent", "claude-code", "error", "file", "session", "system", "tool")
)
