"""One thing that is demanded of every plugin, and how it is looked at."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TypeAlias

from eventyard.conformance.candidate import Candidate, Unloadable
from eventyard.conformance.objection import Objection

__all__ = ["Check", "Examination", "Verdict"]

#: Looks at a plugin, and tells what is wrong with it.
Examination: TypeAlias = Callable[[Candidate], AsyncIterator[Objection]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check says of a plugin.

    Attributes:
        check: The check.
        objections: What is wrong.
        skipped: Why the check could not be made; ``None`` when it was.
    """

    check: "Check"
    objections: tuple[Objection, ...] = ()
    skipped: str | None = None

    @property
    def status(self) -> str:
        """``passed``, ``warned``, ``failed`` or ``skipped``."""
        if self.skipped is not None:
            return "skipped"
        if not self.objections:
            return "passed"
        return "failed" if self.failed(strict=False) else "warned"

    def failed(self, *, strict: bool) -> bool:
        """Whether the plugin does not do what is demanded; with ``strict``, warnings count."""
        return any(strict or not objection.warning for objection in self.objections)

    def to_json(self) -> dict[str, object]:
        """The verdict as a JSON object, with what the check demands."""
        return {
            "check": self.check.name,
            "demand": self.check.demand,
            "why": self.check.why,
            "status": self.status,
            "skipped": self.skipped,
            "objections": [objection.to_json() for objection in self.objections],
        }


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is demanded of every plugin.

    Attributes:
        name: What people call it, for example ``examples``.
        demand: What is demanded, as a sentence about the plugin.
        why: What goes wrong without it.
        examination: How it is looked at.
    """

    name: str
    demand: str
    why: str
    examination: Examination

    async def examine(self, candidate: Candidate) -> Verdict:
        """Make the check; a plugin that cannot be loaded is not looked at, unless that is what the check is about."""
        try:
            found = [objection async for objection in self.examination(candidate)]
        except Unloadable as error:
            return Verdict(self, skipped=f"it cannot be loaded: {error}")
        return Verdict(self, tuple(dict.fromkeys(found)))
