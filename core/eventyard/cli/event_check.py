"""Events of files, checked as the server checks them."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import IO, Any

import orjson

from eventyard.cli.event_file import Entry, read_entries, shown_name
from eventyard.events import Issue, timestamp
from eventyard.pipeline import Limits
from eventyard.pipeline.lane import lay_lanes
from eventyard.pipeline.stages import too_large
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
    """Check all events of ``files``: guards, envelope, the type's schema, what plugins check themselves, and the size.

    With ``type_name``, the files hold bare payloads of that type, and issues point into the payload.
    """
    limits = Limits(max_depth=settings.validation.max_depth, max_nodes=settings.validation.max_nodes)
    check = _Check(Validation(plugins.store.envelope, lay_lanes(plugins), limits), settings.max_event_size)
    with asyncio.Runner() as runner:
        for file in files:
            for entries in read_entries(file):
                for entry, issues in zip(entries, runner.run(check.issues(entries, type_name)), strict=True):
                    yield CheckedEvent(shown_name(file), entry.line, issues)


class _Check:
    """The check of one event after the other."""

    def __init__(self, validation: Validation, max_event_size: int) -> None:
        self._validation = validation
        self._max_event_size = max_event_size

    async def issues(self, entries: Sequence[Entry], type_name: str | None) -> list[list[Issue]]:
        """What is wrong with each of ``entries``, which are bare payloads with ``type_name``."""
        return [await self._of(entry, type_name) for entry in entries]

    async def _of(self, entry: Entry, type_name: str | None) -> list[Issue]:
        if entry.problem is not None:
            return [Issue("json", "", entry.problem)]
        if type_name is None:
            return await self._of_event(entry.value)
        issues = await self._of_event({"type": type_name, "source": "/payload", "data": entry.value})
        return [replace(issue, pointer=issue.pointer.removeprefix("/data")) for issue in issues]

    async def _of_event(self, value: Any) -> list[Issue]:
        now = timestamp()
        checked = await self._validation.check(value, now, guarded=False)
        if isinstance(checked, list):
            return checked
        # As the server keeps it; what plugins would add is not known here.
        body = orjson.dumps(checked[0] | {"recordedtime": now})
        return [too_large(self._max_event_size)] if len(body) > self._max_event_size else []
