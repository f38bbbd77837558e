"""File operations: what tools did to which file."""

from collections.abc import Callable
from typing import Any

import pytest
from eventyard import Event

Decode = Callable[..., list[Event]]

PATCH = [
    {"oldStart": 1, "oldLines": 2, "newStart": 1, "newLines": 3, "lines": [" same", "-old", "+new", "+newer"]},
    {"oldStart": 9, "oldLines": 1, "newStart": 10, "newLines": 0, "lines": ["-gone", "\\ No newline at end of file"]},
]


def post(tool: str, given: Any, response: Any = None, **members: Any) -> dict[str, Any]:
    return {
        "hook_event_name": "PostToolUse",
        "session_id": "s1",
        "cwd": "/home/dev/shop",
        "tool_name": tool,
        "tool_use_id": "t1",
        "tool_input": given,
        "tool_response": response,
        **members,
    }


@pytest.mark.parametrize(
    ("tool", "given", "response", "expected"),
    [
        ("Read", {"file_path": "/a.py"}, {"type": "text"}, ("read", "/a.py")),
        ("Read", {}, {"file": {"filePath": "/a.py"}}, ("read", "/a.py")),
        ("NotebookRead", {"notebook_path": "/a.ipynb"}, None, ("read", "/a.ipynb")),
        ("Write", {"file_path": "/a.py"}, {"type": "create"}, ("create", "/a.py")),
        ("Write", {"file_path": "/a.py"}, {"type": "update"}, ("write", "/a.py")),
        ("Write", {"file_path": "/a.py"}, "File written", ("write", "/a.py")),
        ("Edit", {"file_path": "/a.py"}, {"filePath": "/a.py"}, ("edit", "/a.py")),
        ("MultiEdit", {}, {"filePath": "/a.py"}, ("edit", "/a.py")),
        ("NotebookEdit", {"notebook_path": "/a.ipynb"}, None, ("edit", "/a.ipynb")),
        ("Glob", {"pattern": "**/*.py", "path": "/src"}, None, ("search", "/src")),
        ("Glob", {"pattern": "**/*.py"}, None, ("search", "/home/dev/shop")),
        ("Grep", {"pattern": "TODO", "path": "lib/.."}, None, ("search", "/home/dev/shop")),
        ("LS", {"path": "sub"}, None, ("list", "/home/dev/shop/sub")),
        ("LS", "not an object", None, ("list", "/home/dev/shop")),
    ],
)
def test_a_file_tool_tells_its_operation_and_path(
    decode: Decode, tool: str, given: Any, response: Any, expected: tuple[str, str]
) -> None:
    stop, operation = decode(post(tool, given, response))
    assert (operation.data["operation"], operation.data["path"]) == expected
    assert operation.data["tool"] == tool
    assert operation.subject == expected[1]
    assert operation.correlationid == stop.correlationid


def test_a_search_tells_its_pattern(decode: Decode) -> None:
    _, operation = decode(post("Grep", {"pattern": "def .*:", "path": "/src"}))
    assert operation.data["pattern"] == "def .*:"


def test_an_edit_tells_how_many_lines_it_added_and_removed(decode: Decode) -> None:
    _, operation = decode(post("Edit", {"file_path": "/a.py"}, {"structuredPatch": PATCH}))
    assert (operation.data["lines_added"], operation.data["lines_removed"]) == (2, 2)


@pytest.mark.parametrize("patch", [[], None, "none", [7, {"lines": "no list"}, {"lines": [1]}]])
def test_without_a_patch_no_lines_are_told(decode: Decode, patch: Any) -> None:
    _, operation = decode(post("Edit", {"file_path": "/a.py"}, {"structuredPatch": patch}))
    assert not {"lines_added", "lines_removed"} & operation.data.keys()


def test_a_write_tells_the_size_of_what_it_wrote(decode: Decode) -> None:
    _, operation = decode(post("Write", {"file_path": "/a.txt", "content": "süß\n"}))
    assert operation.data["bytes"] == 6


def test_a_call_that_did_not_succeed_did_nothing_to_a_file(decode: Decode) -> None:
    events = decode(post("Write", {"file_path": "/a.py"}, {"is_error": True}))
    assert [event.type for event in events] == ["tool_stop", "error"]


@pytest.mark.parametrize(
    ("tool", "given"),
    [("Bash", {"path": "/a"}), ("Read", {}), ("Read", {"file_path": 7}), ("Edit", {"file_path": "/" + "a" * 4096})],
)
def test_without_a_file_tool_or_a_usable_path_there_is_only_the_tools_end(
    decode: Decode, tool: str, given: dict[str, Any]
) -> None:
    (stop,) = decode(post(tool, given))
    assert stop.type == "tool_stop"


def test_a_file_on_windows_keeps_its_own_kind_of_path(decode: Decode) -> None:
    _, operation = decode(post("Grep", {"pattern": "x", "path": "lib\\core"}, cwd="C:\\work\\shop"))
    assert operation.data["path"] == "C:\\work\\shop\\lib\\core"
    assert operation["project"] == "shop"


def test_a_path_that_cannot_stand_in_the_envelope_is_whole_in_the_payload(decode: Decode) -> None:
    _, operation = decode(post("Read", {"file_path": "/two\nlines"}))
    assert operation.data["path"] == "/two\nlines"
    assert operation.subject is None


@pytest.mark.parametrize(("event", "operation"), [("change", "change"), ("add", "create"), ("unlink", "delete")])
def test_a_watched_file_that_changes_is_a_file_operation_and_kept_whole(
    decode: Decode, event: str, operation: str
) -> None:
    body = {"hook_event_name": "FileChanged", "session_id": "s1", "file_path": "/a/.envrc", "event": event}
    changed, whole = decode(body)
    assert changed.data == {"operation": operation, "path": "/a/.envrc"}
    assert whole.data["body"] == body


@pytest.mark.parametrize("members", [{}, {"file_path": "/a"}, {"file_path": "/a", "event": "melt"}, {"event": "add"}])
def test_a_change_that_is_not_understood_is_kept_whole(decode: Decode, members: dict[str, str]) -> None:
    (whole,) = decode({"hook_event_name": "FileChanged", "session_id": "s1", **members})
    assert whole.type == "hook_event"


@pytest.mark.parametrize(
    ("cwd", "project"),
    [("/home/dev/shop/", "shop"), ("/", None), (None, None), (7, None), ("C:\\", None), ("/a/" + "b" * 300, None)],
)
def test_the_project_is_the_last_part_of_the_working_directory(decode: Decode, cwd: Any, project: str | None) -> None:
    (event,) = decode({"hook_event_name": "Setup", "session_id": "s1", "cwd": cwd})
    assert event.get("project") == project
