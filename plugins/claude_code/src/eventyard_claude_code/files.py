"""What tools do to files, and what happens to files that Claude Code watches."""

from collections.abc import Mapping
from typing import Any, Final

from eventyard import Event

from eventyard_claude_code.fields import PATH_LIMIT, Fields, usable_name
from eventyard_claude_code.hook_call import HookCall
from eventyard_claude_code.other_hooks import whole
from eventyard_claude_code.outcomes import RESPONSE
from eventyard_claude_code.paths import absolute

__all__ = ["file_changed", "operation_of"]

#: What the file tools do, by name.
_OPERATIONS: Final = {
    "Edit": "edit",
    "Glob": "search",
    "Grep": "search",
    "LS": "list",
    "MultiEdit": "edit",
    "NotebookEdit": "edit",
    "NotebookRead": "read",
    "Read": "read",
    "Write": "write",
}

#: The tools that look at the working directory when they are given no path.
_DIRECTORY_TOOLS: Final = frozenset({"Glob", "Grep", "LS"})

_CHANGES: Final = {"add": "create", "change": "change", "unlink": "delete"}


def operation_of(call: HookCall, stop: Event) -> Event | None:
    """The file operation of the successful tool call that ended with ``stop``; ``None`` when the tool has none."""
    tool: str = stop.data["tool"]
    operation = _OPERATIONS.get(tool)
    if operation is None:
        return None
    given = call.fields.inner("tool_input")
    response = call.fields.inner(*RESPONSE)
    path = (
        given.path("file_path", "notebook_path", "path")
        or response.path("filePath")
        or response.inner("file").path("filePath")
        or (call.cwd if tool in _DIRECTORY_TOOLS else None)
    )
    if path is None:
        return None
    if operation == "write" and response.value("type") == "create":
        operation = "create"
    added, removed = _changed_lines(response.array("structuredPatch"))
    content = given.value("content") if tool == "Write" else None
    data = {
        "tool": tool,
        "pattern": given.text("pattern") if tool in _DIRECTORY_TOOLS else None,
        "lines_added": added,
        "lines_removed": removed,
        "bytes": len(content.encode(errors="replace")) if isinstance(content, str) else None,
    }
    return _file_operation(call, operation, path, data, stop)


def file_changed(call: HookCall) -> list[Event]:
    """FileChanged: a watched file changed on disk, by whatever hand."""
    path, operation = call.fields.path("file_path"), _CHANGES.get(call.fields.name("event") or "")
    if path is None or operation is None:
        return whole(call)
    return [_file_operation(call, operation, path, {}), *whole(call)]


def _file_operation(
    call: HookCall, operation: str, path: str, data: Mapping[str, Any], stop: Event | None = None
) -> Event:
    whole_path = absolute(path, call.cwd)
    if len(whole_path) <= PATH_LIMIT:
        path = whole_path
    return call.event(
        "file_operation",
        {"operation": operation, "path": path, **data},
        tool_use_id=None if stop is None else stop.correlationid,
        # A path with control characters cannot stand in the envelope; it is whole in the payload.
        subject=usable_name(path, PATH_LIMIT),
        causationid=None if stop is None else stop.id,
    )


def _changed_lines(hunks: list[Any] | None) -> tuple[int | None, int | None]:
    """How many lines a patch adds and removes; unknown when there is none, as for a new file."""
    lines = [line for hunk in hunks or () for line in Fields(hunk).array("lines") or () if isinstance(line, str)]
    if not lines:
        return None, None
    return sum(line.startswith("+") for line in lines), sum(line.startswith("-") for line in lines)
