"""The figures of a run: a table behind the tests, and a JSON file for who asks."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

import psutil

__all__ = ["Figures"]

#: Names the file that the figures are written to.
_FILE: Final = "EVENTYARD_FAULT_FIGURES"


class _Figure(NamedTuple):
    subject: str
    name: str
    value: object
    unit: str


class Figures:
    """What the tests have measured."""

    def __init__(self) -> None:
        self._figures: list[_Figure] = []

    def add(self, subject: str, name: str, value: object, unit: str = "") -> None:
        """Take note of ``value``, which belongs to ``subject``."""
        rounded = round(value, 2) if isinstance(value, float) else value
        self._figures.append(_Figure(subject, name, rounded, unit))

    def table(self) -> list[str]:
        """The figures as lines of text, grouped by subject; none when nothing was measured."""
        lines: list[str] = []
        subject = None
        width = max((len(figure.name) for figure in self._figures), default=0)
        for figure in sorted(self._figures, key=lambda each: each.subject):
            if figure.subject != subject:
                subject = figure.subject
                lines += ["", subject]
            value = f"{figure.value:,}" if isinstance(figure.value, int | float) else str(figure.value)
            lines.append(f"  {figure.name:{width}}  {value:>12} {figure.unit}".rstrip())
        return lines

    def write(self) -> None:
        """Write them to the file that the environment names, if it names one."""
        path = os.environ.get(_FILE)
        if path and self._figures:
            about = {
                "date": datetime.now(UTC).date().isoformat(),
                "cores": psutil.cpu_count(),
                "memory_bytes": psutil.virtual_memory().total,
                "figures": [figure._asdict() for figure in self._figures],
            }
            Path(path).write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
