"""The guards: what is JSON, and which JSON is safe to work with."""

import json
from typing import Any

import pytest
from eventyard.errors import MalformedBody
from eventyard.pipeline.guards import Limits, guard
from eventyard.pipeline.reading import parse, read
from hypothesis import example, given, settings
from hypothesis import strategies as st

LIMITS = Limits()
EXACT = 2**53 - 1


def nested(depth: int) -> Any:
    """An array in an array …, ``depth`` of them."""
    value: Any = []
    for _ in range(depth - 1):
        value = [value]
    return value


def keywords(value: Any, limits: Limits = LIMITS) -> list[tuple[str, str]]:
    """Keyword and pointer of what the guard says."""
    return [(issue.keyword, issue.pointer) for issue in guard(value, limits)]


@pytest.mark.parametrize(
    "value", [None, True, 0, -1.5, "", "é😀", [], {}, {"a": [1, {"b": None}]}, EXACT, -EXACT, 1e300]
)
def test_json_values_pass(value: Any) -> None:
    assert guard(value, LIMITS) == []
    assert parse(json.dumps(value).encode(), LIMITS) == value


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", "the body is empty, expected JSON"),
        (b" \r\n", "the body is empty, expected JSON"),
        (b"\xef\xbb\xbf{}", "the body begins with a byte order mark, which JSON does not have (RFC 8259 §8.1)"),
        (b'{"a": "secret\xff"}', "the body is not UTF-8 at byte 13"),
        (b'"\xed\xa0\x80"', "the body is not UTF-8 at byte 1"),
        (b'{"a": secret}', "the body is no JSON: unexpected character"),
        (b'{"a": "secret', "the body is no JSON: unexpected end of data"),
        (b'{"a": 1} {"b": 2}', "the body is no JSON: unexpected content after document"),
        (b'["secret",]', "the body is no JSON: trailing comma is not allowed"),
        (b'{"a": NaN}', "the body is no JSON: NaN and Infinity are no JSON numbers at line 1, column 7"),
        (b"[-Infinity]", "the body is no JSON: NaN and Infinity are no JSON numbers at line 1, column 3"),
        (b"[1e400]", "the body is no JSON: the number is too large at line 1, column 2"),
        (b'["secret\\ud800"]', "the body is no JSON: the text has half a surrogate pair at line 1, column 9"),
        (b"[" * 5_000 + b"]" * 5_000, "the body is nested too deep to be read"),
    ],
)
def test_what_is_no_json_is_told_without_its_content(body: bytes, text: str) -> None:
    with pytest.raises(MalformedBody) as refusal:
        read(body, LIMITS)
    assert str(refusal.value).startswith(text)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(("body", "place"), [(b'{"a": x}', (1, 7)), (b"[1,\n 2,\n x]", (3, 2)), (b"[1", (1, 3))])
def test_what_is_no_json_is_told_with_its_place(body: bytes, place: tuple[int, int]) -> None:
    with pytest.raises(MalformedBody, match=f" at line {place[0]}, column {place[1]}$"):
        read(body, LIMITS)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (EXACT + 1, ("integer_range", "")),
        ({"a": [0, -EXACT - 1]}, ("integer_range", "/a/1")),
        (10**25, ("integer_range", "")),
        ({"a/b": float("nan")}, ("not_finite", "/a~1b")),
        ([float("-inf")], ("not_finite", "/0")),
        ({"a": "\ud800"}, ("surrogate", "/a")),
        ({"a": {"\udc00": 1}}, ("surrogate", "/a")),
        ({"a": b"bytes"}, ("not_json", "/a")),
        ({"a": (1, 2)}, ("not_json", "/a")),
        ({"a": {1: 2}}, ("not_json", "/a")),
        (nested(65), ("too_deep", "/0" * 64)),
    ],
)
def test_what_parsers_let_pass_is_an_issue_with_its_place(value: Any, expected: tuple[str, str]) -> None:
    assert keywords(value) == [expected]


def test_values_of_other_classes_than_json_has_are_refused() -> None:
    """The fast schema engine raises for them, and they would come out of the journal as something else."""

    class Name(str):
        __slots__ = ()

    assert [issue.message for issue in guard([Name("x")], LIMITS)] == ["a value of type Name is no JSON"]


def test_depth_counts_objects_and_arrays() -> None:
    assert keywords(nested(3), Limits(max_depth=3)) == []
    assert keywords({"a": nested(3)}, Limits(max_depth=3)) == [("too_deep", "/a/0/0")]
    assert keywords([1, "a", None], Limits(max_depth=1)) == []


def test_nodes_count_every_value() -> None:
    assert keywords({"a": [1, 2], "b": {}}, Limits(max_nodes=5)) == []
    (issue,) = guard({"a": [1, 2], "b": {}}, Limits(max_nodes=4))
    assert (issue.keyword, issue.pointer, issue.limit) == ("too_many_nodes", "", 4)


def test_a_value_that_contains_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    assert keywords(value) == [("too_deep", "/0" * 64)]


def test_all_issues_are_told_up_to_a_hundred() -> None:
    assert keywords({"a": 2**60, "b": [2**61]}) == [("integer_range", "/a"), ("integer_range", "/b/0")]
    assert len(guard([2**60] * 250, LIMITS)) == 100


@pytest.mark.parametrize("digits", ["9007199254740992", "-9007199254740992", "18446744073709551616", "9" * 300])
def test_whole_numbers_out_of_range_do_not_become_floats(digits: str) -> None:
    """Orjson gives those beyond 64 bits as floats."""
    value, guarded = read(f'{{"a": {digits}}}'.encode(), LIMITS)
    assert not guarded
    assert keywords(value) == [("integer_range", "/a")]


@pytest.mark.parametrize(
    "text", ['"1234567890123456789012"', "0.12345678901234567", "9007199254740991", "12345678901234567e-2"]
)
def test_other_long_rows_of_digits_pass(text: str) -> None:
    body = f'{{"a": {text}}}'.encode()
    assert parse(body, LIMITS) == json.loads(body)


def test_a_small_flat_body_needs_no_further_look() -> None:
    assert read(b'{"data": {"tool": "Bash", "input": [1, 2]}}', LIMITS)[1]


def test_a_long_row_of_digits_in_a_text_needs_no_further_look() -> None:
    assert read(b'{"id": "00000000000000000000000000000001", "time": "t1732833600123456789"}', LIMITS)[1]


@pytest.mark.parametrize(
    "body",
    [
        "9007199254740993",
        "[9007199254740993]",
        "[0,9007199254740993]",
        "[0, 9007199254740993]",
        "[\t9007199254740993]",
        "[\r\n9007199254740993]",
        "[-9007199254740993]",
        '{"a":9007199254740993}',
        '["9007199254740993000",9007199254740993]',
        '["a9007199254740993",9007199254740993]',
    ],
)
def test_a_long_number_needs_one_wherever_it_stands(body: str) -> None:
    assert not read(body.encode(), LIMITS)[1]


def test_a_long_list_of_flat_events_needs_no_further_look() -> None:
    assert read(b"[%s]" % b",".join([b'{"data": {"input": [{}]}}'] * 100), LIMITS)[1]


def test_a_deep_event_in_a_long_list_needs_one() -> None:
    deep = b"[" * 64 + b"]" * 64
    assert not read(b"[%s]" % b",".join([b"{}"] * 100 + [deep]), LIMITS)[1]


def test_parse_refuses_what_the_guard_refuses() -> None:
    with pytest.raises(MalformedBody, match=r"^/a/1: expected a whole number within ±\(2\^53 - 1\)"):
        parse(b'{"a": [0, 9007199254740992]}', LIMITS)
    with pytest.raises(MalformedBody, match=r"^the body: expected at most 3 values"):
        parse(b"[1, 2, 3]", Limits(max_nodes=3))


NAMES = st.text(alphabet="09[{,\\é", max_size=18)
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.sampled_from([EXACT, EXACT + 1, -EXACT, -EXACT - 1]),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(alphabet='09[{,:"\\é\ud800', max_size=20),
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)


@given(value=VALUES, max_depth=st.integers(0, 5), max_nodes=st.integers(1, 20), ascii_only=st.booleans())
@example(value={"a": "9" * 16}, max_depth=1, max_nodes=2, ascii_only=False)
@settings(max_examples=500, deadline=None)
def test_reading_bytes_gives_the_verdict_of_looking_at_every_value(
    value: Any, max_depth: int, max_nodes: int, ascii_only: bool
) -> None:
    """The quick look at the bytes may be unsure, but never wrong."""
    limits = Limits(max_depth, max_nodes)
    issues = guard(value, limits)
    if any(issue.keyword == "surrogate" for issue in guard(value, LIMITS)):
        # The parser itself refuses these.
        with pytest.raises(MalformedBody):
            read(json.dumps(value).encode(), limits)
        return
    body = json.dumps(value, ensure_ascii=ascii_only).encode()
    value_read, guarded = read(body, limits)
    assert value_read == value
    assert guard(value_read, limits) == issues
    assert not (guarded and issues)
    if issues:
        with pytest.raises(MalformedBody):
            parse(body, limits)
    else:
        assert parse(body, limits) == value
