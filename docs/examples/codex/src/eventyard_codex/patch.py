"""The patches of the tool ``apply_patch``: which files they touch."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from eventyard import Event

from eventyard_codex.hook_call import HookCall

__all__ = ["file_operations"]

_FILE: Final = re.compile(r"\*\*\* (Add|Delete|Update) File: (.+)")
_OPERATIONS: Final = {"Add": "create", "Delete": "delete", "Update": "edit"}


@dataclass(slots=True)
class _Change:
    """What a patch does to one file."""

    operation: str
    path: str
    added: int = 0
    removed: int = 0


def file_operations(call: HookCall, stop: Event) -> Iterator[Event]:
    """A ``file_operation`` for each file of the patch that the call ``stop`` has applied."""
    given = call.body.get("tool_input")
    patch = given.get("command") if isinstance(given, dict) else None
    if not isinstance(patch, str):
        return
    for number, change in enumerate(_changes(patch)):
        path = str(PurePath(call.text("cwd") or "", change.path))
        counts = {"lines_added": change.added, "lines_removed": change.removed}
        yield call.event(
            "file_operation",
            {"operation": change.operation, "path": path, "tool": "apply_patch"}
            # The patch does not have the lines of a file that it deletes.
            | (counts if change.operation != "delete" else {}),
            key=(stop.correlationid, number),
            correlationid=stop.correlationid,
            causationid=stop.id,
        )


def _changes(patch: str) -> list[_Change]:
    changes: list[_Change] = []
    for line in patch.splitlines():
        if header := _FILE.fullmatch(line):
            changes.append(_Change(_OPERATIONS[header[1]], header[2]))
        elif changes and line.startswith("+"):
            changes[-1].added += 1
        elif changes and line.startswith("-"):
            changes[-1].removed += 1
    return changes
