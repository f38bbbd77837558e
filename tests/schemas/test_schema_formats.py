"""The formats mean the same to both engines, also next to the edge."""

from collections.abc import Mapping

import pytest
from eventyard.schemas import Engine
from hypothesis import given, settings
from hypothesis import strategies as st

#: Texts that have the format, from which others are made.
EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "date": ("2024-02-29", "2000-02-29", "0000-01-01", "9999-12-31"),
    "date-time": (
        "2026-01-31T12:00:00Z",
        "2026-01-31t12:00:00.123456789z",
        "1999-12-31T22:00:00-23:59",
        "2016-12-31T23:59:60Z",
        "2017-01-01T01:29:60+01:30",
    ),
    "ipv4": ("192.168.0.1", "0.0.0.0", "255.255.255.255"),
    "ipv6": ("::", "1:2:3:4:5:6:7:8", "::ffff:127.0.0.1", "2001:DB8::1"),
    "uri": (
        "urn:eventyard:x/1.0.0",
        "http://u:p@host:80/a/b;c=1?q=%20#f",
        "http://[::1]:8/",
        "x://[v1.a:b]/",
        "a:/b//c",
    ),
    "uri-reference": ("", "/claude-code/5ce20f9a", "//host:1/p?q#f", "../a/b", "#x", "./a:b", "?y", "urn:a:b"),
    "uuid": ("2eb8aa08-aa98-11ea-b4aa-73b441d16380", "2EB8AA08-AA98-11EA-B4AA-73B441D16380"),
}

#: Texts that look as if they had it.
COUNTEREXAMPLES: Mapping[str, tuple[str, ...]] = {
    # Signs next to the digits in ASCII are what jsonschema-rs 0.60 takes for digits.
    "date": (
        "2026-01-0*",
        "2026-01-3/",
        "+026-01-01",
        "2023-02-29",
        "1900-02-29",
        "2026-1-1",
        "2026-01-01\n",
        "٢026-01-01",
    ),
    "date-time": (
        "2026-01-31T12:00:0*Z",
        "2026-01-31T12:00:00",
        "2026-01-31 12:00:00Z",
        "2026-01-31T24:00:00Z",
        "2026-01-31T12:00:00.Z",
        "2026-01-31T12:00:00+24:00",
        "2016-12-31T22:59:60Z",
        "2026-01-31T12:00:00Z\n",
    ),
    "ipv4": ("01.2.3.4", "1.2.3", "1.2.3.256", "1.2.3.4\n", "٢.2.3.4"),
    "ipv6": ("fe80::1%eth0", "1::2::3", "12345::", "::1.2.3.04", "1:2:3:4:5:6:7"),
    "uri": ("/relative", "a b:c", "http://[::g]/", "http://h:8a/", "urn:%zz", "http://a@b@c/", "1a:b", "é:b"),
    "uri-reference": ("1a:b", "a b", "%", "//[::1", "a\\b", "#a#b"),
    "uuid": (
        "2eb8aa08aa9811eab4aa73b441d16380",
        "2eb8aa08-aa98-11ea-b4aa-73b441d1638_",
        "{2eb8aa08-aa98-11ea-b4aa-73b441d16380}",
    ),
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in EXAMPLES.items() for text in texts])
def test_a_text_that_has_the_format_is_valid(engine: Engine, name: str, text: str) -> None:
    assert engine.compile({"format": name}).is_valid(text)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in COUNTEREXAMPLES.items() for text in texts])
def test_a_text_that_lacks_the_format_is_told_so_once(engine: Engine, name: str, text: str) -> None:
    validator = engine.compile({"format": name})
    assert not validator.is_valid(text)
    assert [(issue.keyword, issue.limit) for issue in validator.issues(text)] == [("format", name)]


@pytest.mark.parametrize("name", EXAMPLES)
def test_formats_say_nothing_about_values_that_are_no_text(engine: Engine, name: str) -> None:
    validator = engine.compile({"format": name})
    values: tuple[object, ...] = (None, True, 1, 1.5, [], {})
    assert all(validator.is_valid(value) for value in values)


@given(name=st.sampled_from(sorted(EXAMPLES)), data=st.data())
@settings(max_examples=500, deadline=None)
def test_engines_agree_on_texts_close_to_the_format(
    engines: Mapping[str, Engine], name: str, data: st.DataObject
) -> None:
    text = data.draw(st.sampled_from(EXAMPLES[name]))
    for _ in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.integers(0, len(text)))
        instead = data.draw(st.text(alphabet="0129:/?#[]@!$&*+,;=-._~% \nTZtzaFgvé٣", max_size=2))
        text = text[:place] + instead + text[place + data.draw(st.integers(0, 2)) :]
    reference, fast = (engine.compile({"format": name}) for engine in engines.values())
    assert reference.is_valid(text) is fast.is_valid(text)
    assert reference.issues(text) == fast.issues(text)
