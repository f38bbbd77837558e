"""Events of files, checked as the server checks them."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from eventyard.cli.event_file import Entry, read_entries, shown_name
from eventyard.events import Issue, timestamp
from eventyard.pipeline import Limits
from eventyard.pipeline.lane import lay_lanes
from eventyard.pipeline.validation import Validation
from eventyard.plugins import PluginManager
from eventyard.settings import Settings

__all__ = ["CheckedEvent", "check_files"]


@dataclass(frozen=True, slots=True)
class CheckedEvent:
    """One event of a file.

    Attributes:
        file: The file's name.
        line: The line that it starts in.
        issues: What is wrong with it; empty when it is valid.
    """

    file: str
    line: int
    issues: Sequence[Issue]

    def to_json(self) -> dict[str, Any]:
        """The event's place and issues as a JSON object."""
        return {"file": self.file, "line": self.line, "issues": [issue.to_json() for issue in self.issues]}


def check_files(files: Sequence[IO[bytes]], settings: Settings, plugins: PluginManager) -> Iterator[CheckedEvent]:
    """Check all events of ``files``: guards, envelope, the type's schema, and what plugins check themselves."""
    lanes = lay_lanes(plugins)
    limits = Limits(max_depth=settings.validation.max_depth, max_nodes=settings.validation.max_nodes)
    validation = Validation(plugins.store.envelope, lambda: lanes, limits)
    with asyncio.Runner() as runner:
        for file in files:
            for entries in read_entries(file):
                for entry, issues in zip(entries, runner.run(_issues(validation, entries)), strict=True):
                    yield CheckedEvent(shown_name(file), entry.line, issues)


async def _issues(validation: Validation, entries: Sequence[Entry]) -> list[list[Issue]]:
    found: list[list[Issue]] = []
    for entry in entries:
        if entry.problem is not None:
            found.append([Issue("json", "", entry.problem)])
        else:
            checked = await validation.check(entry.value, timestamp(), guarded=False)
            found.append(checked if isinstance(checked, list) else [])
    return found
