"""The state of ``/files``: the last operation of each file, and how many there were."""

from collections import Counter
from typing import Any

import orjson
from eventyard import Event
from eventyard_file import FileNamespace
from eventyard_file.settings import DEFAULTS
from hypothesis import given, settings
from hypothesis import strategies as st


def operation(kind: str, path: str, data: dict[str, Any] | None = None, **attributes: Any) -> Event:
    """Something was done to the file ``path``."""
    envelope = {"id": f"{kind}-{path}", "time": "2026-01-31T12:00:00Z"} | attributes
    return Event.create(
        "file_operation", source="/test", data={"operation": kind, "path": path} | (data or {}), **envelope
    )


def state_after(*events: Event, **limits: Any) -> dict[str, Any]:
    """The snapshot after ``events``."""
    namespace = FileNamespace()
    namespace.configure(DEFAULTS | limits)
    for event in events:
        namespace.apply(event)
    return namespace.snapshot()


def test_there_are_no_files_at_first() -> None:
    """A namespace that has seen nothing has no files."""
    assert state_after() == {"files": [], "counts": {}}


def test_an_operation_is_told_with_who_did_it() -> None:
    """A file is known with its last operation; what is not known of that is null."""
    event = operation(
        "edit", "app.py", {"tool": "Edit", "lines_added": 2, "bytes": 70}, session="s1", agent="a1", correlationid="t1"
    )
    assert state_after(event)["files"] == [
        {
            "path": "app.py",
            "last": {
                "operation": "edit",
                "time": "2026-01-31T12:00:00Z",
                "id": "edit-app.py",
                "session": "s1",
                "agent": "a1",
                "correlationid": "t1",
                "tool": "Edit",
                "lines_added": 2,
                "lines_removed": None,
                "bytes": 70,
            },
            "counts": {"edit": 1},
        }
    ]


def test_the_last_operation_of_a_file_stands() -> None:
    """Of several operations on a file the last one is told; all are counted."""
    (file,) = state_after(operation("edit", "app.py", {"lines_added": 2}), operation("read", "app.py"))["files"]
    assert (file["last"]["operation"], file["last"]["lines_added"]) == ("read", None)
    assert file["counts"] == {"edit": 1, "read": 1}


def test_the_file_touched_last_is_at_the_end() -> None:
    """The order of files is that of their last operations."""
    state = state_after(operation("read", "a"), operation("read", "b"), operation("edit", "a"))
    assert [file["path"] for file in state["files"]] == ["b", "a"]


def test_the_file_touched_longest_ago_makes_room() -> None:
    """Beyond ``file_limit`` a file is forgotten; its operations are still counted."""
    touched = [operation("read", path) for path in ("a", "b", "a", "c")]
    state = state_after(*touched, file_limit=2)
    assert [file["path"] for file in state["files"]] == ["a", "c"]
    assert state["counts"] == {"read": 4}


def test_a_snapshot_is_not_changed_by_later_events() -> None:
    """A snapshot stays what it was."""
    namespace = FileNamespace()
    namespace.apply(operation("read", "app.py"))
    snapshot = namespace.snapshot()
    before = orjson.dumps(snapshot)
    namespace.apply(operation("edit", "app.py"))
    assert orjson.dumps(snapshot) == before


OPERATIONS = st.builds(
    lambda data, envelope: Event({"type": "file_operation", "source": "/test", **envelope, "data": data}),
    st.fixed_dictionaries(
        {"operation": st.sampled_from(["read", "write", "edit"]), "path": st.sampled_from("abcde")},
        optional={"tool": st.text(max_size=8), "bytes": st.integers(0, 2**53 - 1)},
    ),
    st.fixed_dictionaries(
        {"id": st.sampled_from(["1", "2"]), "time": st.sampled_from(["2026-01-31T12:00:00Z", "2016-12-31T23:59:60Z"])},
        optional={"session": st.just("s1"), "agent": st.just("a1"), "correlationid": st.just("t1")},
    ),
)


@settings(deadline=None)
@given(st.lists(OPERATIONS, max_size=40))
def test_whatever_comes_the_files_touched_last_are_kept(events: list[Event]) -> None:
    """After any operations the state has the files that were touched last, within the limit, and counts them all."""
    state = state_after(*events, file_limit=3)
    assert orjson.loads(orjson.dumps(state)) == state
    latest = list(dict.fromkeys(event.data["path"] for event in reversed(events)))[:3]
    assert [file["path"] for file in reversed(state["files"])] == latest
    assert state["counts"] == Counter(event.data["operation"] for event in events)
    for file in state["files"]:
        last = next(event for event in reversed(events) if event.data["path"] == file["path"])
        assert (file["last"]["operation"], file["last"]["id"]) == (last.data["operation"], last.id)
