"""Reading events from files: which forms are understood, and what is said about what is not JSON."""

import io
import json
from typing import Any

import pytest
from eventyard.cli.event_file import Entry, read_entries
from hypothesis import given
from hypothesis import strategies as st

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
OBJECT = st.dictionaries(st.text(max_size=3), JSON, max_size=3)


def read(content: bytes | str) -> list[Entry]:
    """All entries of a file with ``content``."""
    stream = io.BytesIO(content.encode() if isinstance(content, str) else content)
    return [entry for entries in read_entries(stream) for entry in entries]


@given(st.lists(OBJECT, max_size=5))
def test_one_object_a_line(events: list[dict[str, Any]]) -> None:
    content = "".join(json.dumps(event) + "\n" for event in events)
    assert read(content) == [Entry(line, event) for line, event in enumerate(events, 1)]


@given(st.lists(JSON, max_size=5), st.sampled_from([None, 0, 2]))
def test_an_array_however_it_is_indented(events: list[Any], indent: int | None) -> None:
    assert [entry.value for entry in read(json.dumps(events, indent=indent))] == events


@given(OBJECT, st.sampled_from([None, 0, 2]))
def test_one_object_however_it_is_indented(event: dict[str, Any], indent: int | None) -> None:
    assert [entry.value for entry in read(json.dumps(event, indent=indent))] == [event]


def test_an_item_of_an_array_has_the_line_that_it_starts_in() -> None:
    content = '\n[\n  {"a": 1},\n\n  {\n    "a": 2\n  }, {"a": 3}\n]\n'
    assert read(content) == [Entry(3, {"a": 1}), Entry(5, {"a": 2}), Entry(7, {"a": 3})]


def test_empty_lines_and_the_end_of_the_last_line_do_not_matter() -> None:
    assert read('\n\n{"a": 1}\r\n\n{"a": 2}') == [Entry(3, {"a": 1}), Entry(5, {"a": 2})]


@pytest.mark.parametrize("content", ["", "\n \n", "[]", " [ ] "])
def test_a_file_without_events_has_none(content: str) -> None:
    assert read(content) == []


def test_a_byte_order_mark_is_skipped() -> None:
    assert read(b'\xef\xbb\xbf{"a": 1}') == [Entry(1, {"a": 1})]


def test_a_broken_line_is_told_and_passed_over() -> None:
    assert read('{"a": 1}\n{"a": \n{"a": NaN}\n\xff\n{"a": 2}\n'.encode("latin-1")) == [
        Entry(1, {"a": 1}),
        Entry(2, problem="not JSON: expecting value at column 6"),
        Entry(3, problem="NaN is no JSON"),
        Entry(4, problem="not UTF-8"),
        Entry(5, {"a": 2}),
    ]


@pytest.mark.parametrize(
    ("content", "line", "problem"),
    [
        ("hello", 1, "not JSON: expecting value at column 1"),
        ('[{"a": 1}\n {"a": 2}]', 2, "not JSON: expecting ',' or ']' at column 2"),
        ('[{"a": 1},\n]', 2, "not JSON: expecting value at column 1"),
        ('[{"a": 1}]\n[]', 2, "not JSON: extra data at column 1"),
        ('{\n"a": 1\n', 2, "not JSON: expecting ',' delimiter at column 7"),
        ('{\n  "a": "b\n}\n', 2, "not JSON: invalid control character at column 10"),
        ("[", 1, "not JSON: expecting value at column 2"),
    ],
)
def test_a_broken_document_gives_nothing_but_the_place_where_it_breaks(content: str, line: int, problem: str) -> None:
    assert read(content) == [Entry(line, problem=problem)]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"a": "b', "unterminated string starting at column 7"),
        ('{"a": ', "expecting value at column 6"),
        ('{"a": 1,', "expecting property name enclosed in double quotes at column 9"),
        ('{"a": 1},', "extra data at column 9"),
        ("hello", "expecting value at column 1"),
    ],
)
@pytest.mark.parametrize("before", ["", "\n\n"])
def test_a_broken_first_line_takes_no_other_with_it(before: str, line: str, problem: str) -> None:
    first = len(before) + 1
    assert read(f'{before}{line}\n{{"a": 1}}\n\n{{"a": 2}}\n') == [
        Entry(first, problem=f"not JSON: {problem}"),
        Entry(first + 1, {"a": 1}),
        Entry(first + 3, {"a": 2}),
    ]


def test_the_events_of_a_pipe_wait_for_nothing_after_a_broken_first_line() -> None:
    pipe = Pipe([b'{"a": "b\n', b'{"a": 1}\n', b'{"a": 2}\n'])
    groups = read_entries(io.BufferedReader(pipe))
    assert [entry.line for entry in next(groups)] == [1, 2]
    assert len(pipe.writes) == 1
    assert list(groups) == [[Entry(3, {"a": 2})]]


def test_objects_at_the_edge_of_a_document_are_no_events_of_their_own() -> None:
    content = '{"a":\n{"b": 1},\n"c": [\n{"d": 2}\n]}\n'
    assert read(content) == [Entry(1, {"a": {"b": 1}, "c": [{"d": 2}]})]
    assert [entry.value for entry in read('[\n{"a": 1}\n,\n{"a": 2}\n]')] == [{"a": 1}, {"a": 2}]


def test_what_is_nested_too_deeply_is_told() -> None:
    (entry,) = read("[" * 100_000)
    assert entry.problem == "nested too deeply"


class Pipe(io.RawIOBase):
    """A pipe into which somebody writes now and then."""

    def __init__(self, writes: list[bytes]) -> None:
        self.writes = writes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self.writes.pop(0) if self.writes else b""
        buffer[: len(chunk)] = chunk
        return len(chunk)


def test_lines_of_a_pipe_are_given_as_they_come() -> None:
    pipe = Pipe([b'{"a": 1}\n{"a"', b': 2}\n{"a": 3}\n', b'{"a": 4}'])
    groups = read_entries(io.BufferedReader(pipe))
    assert next(groups) == [Entry(1, {"a": 1})]
    assert len(pipe.writes) == 2
    assert next(groups) == [Entry(2, {"a": 2}), Entry(3, {"a": 3})]
    assert next(groups) == [Entry(4, {"a": 4})]
