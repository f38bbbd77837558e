"""Events of files, checked as the server checks them."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
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


def check_files(
    files: Sequence[IO[bytes]], settings: Settings, plugins: PluginManager, type_name: str | None = None
) -> Iterator[CheckedEvent]:
    """Check all events of ``files``: guards, envelope, the type's schema, and what plugins check themselves.

    With ``type_name``, the files hold bare payloads of that type, and issues point into the payload.
    """
    lanes = lay_lanes(plugins)
    limits = Limits(max_depth=settings.validation.max_depth, max_nodes=settings.validation.max_nodes)
    validation = Validation(plugins.store.envelope, lanes, limits)
    with asyncio.Runner() as runner:
        for file in files:
            for entries in read_entries(file):
                for entry, issues in zip(entries, runner.run(_issues(validation, entries, type_name)), strict=True):
                    yield CheckedEvent(shown_name(file), entry.line, issues)


async def _issues(validation: Validation, entries: Sequence[Entry], type_name: str | None) -> list[list[Issue]]:
    found: list[list[Issue]] = []
    for entry in entries:
        if entry.problem is not None:
            found.append([Issue("json", "", entry.problem)])
            continue
        value = entry.value
        if type_name is not None:
            value = {"type": type_name, "source": "/payload", "data": value}
        checked = await validation.check(value, timestamp(), guarded=False)
        issues = checked if isinstance(checked, list) else []
        if type_name is not None:
            issues = [replace(issue, pointer=issue.pointer.removeprefix("/data")) for issue in issues]
        found.append(issues)
    return found
