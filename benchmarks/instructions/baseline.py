"""The counts that were found before, and what they are held against."""

import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final, Self

__all__ = ["BASELINE", "Baseline", "Change", "environment"]

#: Where the counts are kept.
BASELINE: Final = Path(__file__).with_name("baseline.json")

#: What takes part in the hot functions besides Eventyard.
_PACKAGES: Final = ("aiohttp", "jsonschema-rs", "orjson", "pluggy", "prometheus-client", "python-socketio")

#: By how much a count may grow, in percent. Which commits take part in which transaction depends on threads.
_TOLERANCE: Final = 5.0
_TOLERANCE_WITH_THREADS: Final = 15.0


def environment() -> dict[str, str]:
    """What counts depend on besides Eventyard: the interpreter and the packages, by name."""
    return {
        "python": ".".join(platform.python_version_tuple()[:2]),
        "machine": platform.machine(),
        **{package: version(package) for package in _PACKAGES},
    }


@dataclass(frozen=True)
class Change:
    """A count beside the one that was found before.

    Attributes:
        name: The function.
        before: Instructions for one event in the baseline; ``None`` when it is not there.
        now: The same today.
    """

    name: str
    before: int | None
    now: int

    @property
    def percent(self) -> float:
        """By how much it has grown."""
        return round(100 * (self.now / self.before - 1), 2) if self.before else 0.0

    @property
    def tolerance(self) -> float:
        """By how much it may grow, in percent."""
        return _TOLERANCE_WITH_THREADS if "commit" in self.name else _TOLERANCE

    @property
    def is_regression(self) -> bool:
        """Whether it has grown by more than it may; also when it was never counted before."""
        return self.before is None or self.percent > self.tolerance


@dataclass(frozen=True)
class Baseline:
    """Counts with what they depend on.

    Attributes:
        environment: See :func:`environment`.
        instructions: For one event, by function.
    """

    environment: Mapping[str, str]
    instructions: Mapping[str, int]

    @classmethod
    def read(cls, path: Path = BASELINE) -> Self:
        """What :meth:`write` wrote."""
        content = json.loads(path.read_text("utf-8"))
        return cls(content["environment"], content["instructions"])

    def write(self, path: Path = BASELINE) -> None:
        """Write it."""
        content = {"environment": dict(self.environment), "instructions": dict(self.instructions)}
        path.write_text(json.dumps(content, indent=2) + "\n", "utf-8")

    def changes(self, counts: Mapping[str, int]) -> list[Change]:
        """``counts`` beside these."""
        return [Change(name, self.instructions.get(name), count) for name, count in counts.items()]

    def foreign(self) -> list[str]:
        """How the environment of the moment differs; nothing when counts can be compared."""
        here = environment()
        return [
            f"{name} is {here.get(name)}, was {value}"
            for name, value in self.environment.items()
            if here.get(name) != value
        ]
