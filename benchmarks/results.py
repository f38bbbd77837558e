"""What was measured, in memory and as a file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from benchmarks.measurement import Figures, median_of

__all__ = ["Results"]


@dataclass
class Results:
    """What was measured.

    Attributes:
        machine: What it was measured on.
        seconds: How long each case was measured.
        runs: The figures of each run of each case, by its name.
        problems: What went wrong with cases, by their names; these have no figures.
        skipped: Why cases were not measured.
    """

    machine: Mapping[str, str]
    seconds: float
    runs: dict[str, list[Figures]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)

    def add(self, case: str, figures: Figures) -> None:
        """Take the figures of a run."""
        self.runs.setdefault(case, []).append(figures)

    def medians(self) -> dict[str, Figures]:
        """The median figures of each case in which nothing went wrong."""
        return {case: median_of(runs) for case, runs in self.runs.items() if case not in self.problems}

    def by_run(self) -> list[dict[str, Figures]]:
        """For each run, the figures of the cases that were measured in it and in which nothing went wrong."""
        most = max(map(len, self.runs.values()), default=0)
        return [
            {case: runs[index] for case, runs in self.runs.items() if index < len(runs) and case not in self.problems}
            for index in range(most)
        ]

    def write(self, path: Path) -> None:
        """Write all of it as JSON."""
        content = {
            "machine": dict(self.machine),
            "seconds": self.seconds,
            "problems": self.problems,
            "skipped": self.skipped,
            "cases": [
                {"name": case, "median": _rounded(median_of(runs)), "runs": [_rounded(run) for run in runs]}
                for case, runs in self.runs.items()
            ],
        }
        path.write_text(json.dumps(content, indent=1) + "\n", "utf-8")

    @classmethod
    def read(cls, path: Path) -> Self:
        """What :meth:`write` wrote."""
        content = json.loads(path.read_text("utf-8"))
        runs = {case["name"]: case["runs"] for case in content["cases"]}
        return cls(content["machine"], content["seconds"], runs, content["problems"], content["skipped"])


def _rounded(figures: Figures) -> Figures:
    """With six digits: more are noise."""
    return {name: float(f"{value:.6g}") for name, value in figures.items()}
