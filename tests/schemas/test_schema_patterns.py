"""Patterns within the profile mean the same to both engines; others are refused with a reason."""

import re
from collections.abc import Mapping

import pytest
from eventyard.schemas import Engine, check_schema
from eventyard.schemas.patterns import pattern_objection
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(
    "pattern",
    [
        "^$",
        "^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)*$",
        "^(?:a|b)$",
        "^[^\\u0000-\\u001f\\u007f-\\u009f]*$",
        "^[A-Za-z0-9._:-]+$",
        "^[-+]?[0-9]{1,3}(?:\\.[0-9]{2,})?$",
        "^a{2,4}?b*?$",
        "^\\$\\^\\\\$",
        "^[&|~^]\\/[\\]\\[]$",
        "^é.$",
    ],
)
def test_portable_patterns_are_taken_by_both_engines(engines: Mapping[str, Engine], pattern: str) -> None:
    assert pattern_objection(pattern) is None
    for engine in engines.values():
        engine.compile({"pattern": pattern})


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("", "begins with"),
        ("^", "begins with"),
        ("a$", "begins with"),
        ("^a", "begins with"),
        ("^a\\$", "begins with"),
        ("^a|b$", "need a group"),
        ("^\\d$", "not portable"),
        ("^[\\w]$", "not portable"),
        ("^\\bword$", "not portable"),
        ("^\\p{L}$", "not portable"),
        ("^\\x41$", "not portable"),
        ("^\\ud83d\\ude00$", "not portable"),
        ("^\\-$", "not portable"),
        ("^(a)\\1$", "not portable"),
        ("^(?=a)a$", "not portable"),
        ("^(?i)a$", "not portable"),
        ("^(?P<name>a)$", "not portable"),
        ("^[[:alpha:]]$", "not portable"),
        ("^[a&&b]$", "not portable"),
        ("^[a--b]$", "not portable"),
        ("^[]$", "not portable"),
        ("^a^b$", "not portable"),
        ("^a{,3}$", "not portable"),
        ("^a{$", "not portable"),
        ("^*a$", "nothing to repeat"),
        ("^a**$", "nothing to repeat"),
        ("^(?:*a)$", "nothing to repeat"),
        ("^a)$", "closes no group"),
        ("^(a$", "not closed"),
        ("^[z-a]$", "bad character range"),
        ("^a{3,2}$", "min repeat greater than max repeat"),
    ],
)
def test_other_patterns_are_refused_with_the_reason(pattern: str, reason: str) -> None:
    objection = pattern_objection(pattern)
    assert objection is not None
    assert reason in objection


def test_a_pattern_that_only_one_engine_takes_is_a_finding() -> None:
    """Whole, it would need more memory than the fast engine gives a pattern."""
    pytest.importorskip("jsonschema_rs")
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:test:case/1.0.0",
        "pattern": "^(?:(?:[a-z]{1,1000}){1,1000}){1,1000}$",
    }
    findings = [finding for finding in check_schema(schema) if not finding.warning]
    assert [(finding.rule, finding.pointer) for finding in findings] == [("pattern", "/pattern")]


def test_the_end_of_a_pattern_is_the_end_of_the_text(engine: Engine) -> None:
    """Python's own $ also matches before a final line feed."""
    validator = engine.compile({"pattern": "^a$", "patternProperties": {"^a$": True}, "additionalProperties": False})
    assert validator.is_valid("a")
    assert not validator.is_valid("a\n")
    assert not validator.is_valid({"a\n": 1})


def test_an_evil_pattern_takes_the_fast_engine_no_longer_than_any_other(engines: Mapping[str, Engine]) -> None:
    """With backtracking, this would outlast the universe."""
    validator = engines["jsonschema-rs"].compile({"pattern": "^(a+)+$"})
    assert not validator.is_valid("a" * 5_000 + "!")


PIECES = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "[a-c]", "\\.", "\\u0061", "é", "\\n", "[\\-a]"]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
        st.builds(
            lambda part, times: f"(?:{part}){times}", inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "*?"])
        ),
    ),
    max_leaves=5,
)


@given(body=PIECES, texts=st.lists(st.text(alphabet="abc.é\n-", max_size=5), max_size=5))
@settings(max_examples=300, deadline=None)
def test_engines_agree_on_portable_patterns(engines: Mapping[str, Engine], body: str, texts: list[str]) -> None:
    pattern = f"^{body}$"
    assert pattern_objection(pattern) is None
    reference, fast = (engine.compile({"pattern": pattern}) for engine in engines.values())
    for text in texts:
        expected = re.fullmatch(body, text) is not None
        assert reference.is_valid(text) is fast.is_valid(text) is expected
