"""What is taken out of events, and what stays."""

import json
from typing import Any

import orjson
import pytest
from eventyard.errors import SettingsError
from eventyard.redaction import MASK, Redactor
from eventyard.redaction.known_secrets import KNOWN_SECRETS, KnownSecret
from eventyard.schemas import Engine, load_engine
from hypothesis import given, settings
from hypothesis import strategies as st

A, B = "a1B2" * 20, "Zy9X" * 30

#: What has a known form, by what must be left of it. Put together here, so that no scanner takes this file for a leak.
SECRETS = {
    "Eventyard token": ("eyk" + "_0123456789ab_" + A[:43], MASK),
    "Anthropic key": ("sk-ant-" + "api03-" + A, MASK),
    "OpenAI key": ("sk-" + "proj-" + A + "T3Blb" + "kFJ" + A, MASK),
    "GitHub token": ("ghp" + "_" + A[:36], MASK),
    "GitLab token": ("glpat" + "-" + A[:20], MASK),
    "AWS access key": ("AKIA" + "ABCD1234" * 2, MASK),
    "AWS secret key": ('aws_secret_access_key = "' + A[:40] + '"', f'aws_secret_access_key = "{MASK}"'),
    "Google key": ("AIza" + A[:35], MASK),
    "Azure storage key": ("x;AccountKey=" + B[:86] + "==;y", f"x;AccountKey={MASK};y"),
    "Slack token": ("xoxb" + "-123456789012-" + A[:20], MASK),
    "Slack webhook": (
        "https://hooks.slack.com/services/" + "T000/B000/" + A[:20],
        f"https://hooks.slack.com/services/{MASK}",
    ),
    "Stripe key": ("sk" + "_live_" + A[:24], MASK),
    "npm token": ("npm" + "_" + A[:36], MASK),
    "PyPI token": ("pypi" + "-AgE" + B, MASK),
    "Hugging Face token": ("hf" + "_" + A[:34], MASK),
    "SendGrid key": ("SG" + "." + A[:22] + "." + A[:43], MASK),
    "DigitalOcean token": ("dop" + "_v1_" + "0123456789abcdef" * 4, MASK),
    "JSON Web Token": ("eyJ" + A[:20] + ".eyJ" + A[:20] + "." + A[:20], MASK),
    "private key": (
        "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIE\n" + A + "\n-----END RSA " + "PRIVATE KEY-----\nafter",
        MASK + "\nafter",
    ),
    "Authorization header": ("-H 'authorization: bearer " + A + "' x", f"-H 'authorization: bearer {MASK}' x"),
    "password in a URL": ("git clone https://me:hunter2@example.com/x", f"git clone https://me:{MASK}@example.com/x"),
}

#: What only looks like it.
HARMLESS = [
    "task-1 of disk-2",
    "npm_config_registry",
    "https://example.com:8080/a@b",
    "see https://example.com/x: mail me@example.com",
    "AKIA",
    "the authorization: basic rules",
    "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
    "eyJhbGciOi",
    "aws_secret_access_key is not set",
]


FAST, REFERENCE = Redactor(load_engine()), Redactor(load_engine("jsonschema"))


@pytest.fixture(params=["jsonschema-rs", "jsonschema"])
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "jsonschema-rs":
        pytest.importorskip("jsonschema_rs")
    return load_engine(request.param)


def event(data: Any, **attributes: Any) -> dict[str, Any]:
    return {"id": "e1", "source": "/test", "type": "tool_start", "data": data} | attributes


def redacted(redactor: Redactor, attributes: dict[str, Any]) -> dict[str, Any]:
    """As the server does it."""
    return redactor.event(attributes) if redactor.suspects(orjson.dumps(attributes)) else attributes


@pytest.mark.parametrize("known", KNOWN_SECRETS, ids=lambda known: known.name)
def test_a_credential_of_a_known_form_is_taken_out(engine: Engine, known: KnownSecret) -> None:
    secret, left = SECRETS[known.name]
    before = event({"output": [f'said "{secret}']}, subject=f"\n{secret}")
    after = redacted(Redactor(engine), before)
    assert after == event({"output": [f'said "{left}']}, subject=f"\n{left}")


def test_what_only_looks_like_a_credential_stays(engine: Engine) -> None:
    before = event(HARMLESS)
    assert redacted(Redactor(engine), before) is before


@pytest.mark.parametrize("name", ["password", "PASSWORD", "api_key", "apiKey", "x", "Api-Key", "client_secret"])
def test_a_text_under_a_name_that_says_it_is_taken_out(engine: Engine, name: str) -> None:
    after = redacted(Redactor(engine), event({"deep": [{name: 'a"b\\'}]}))
    assert after["data"]["deep"][0][name] == ('a"b\\' if name == "x" else MASK)


@pytest.mark.parametrize("value", [None, 4, True, ["a"], {"a": "b"}])
def test_what_is_no_text_stays_under_any_name(engine: Engine, value: Any) -> None:
    before = event({"password": value})
    assert redacted(Redactor(engine), before) is before


def test_a_name_that_ends_alike_is_another_name(engine: Engine) -> None:
    before = event({"forgot_password": "yes", "passwords": "two", "secretary": "Ann"})
    assert redacted(Redactor(engine), before) is before


def test_what_identifies_an_event_stays(engine: Engine) -> None:
    token = SECRETS["GitHub token"][0]
    before = event({}, id=token, session=token, correlationid=token)
    assert redacted(Redactor(engine), before) is before


def test_a_private_key_that_was_cut_off_is_taken_out_to_its_end(engine: Engine) -> None:
    cut = SECRETS["private key"][0].partition("\n-----END")[0]
    assert redacted(Redactor(engine), event(f"before {cut}"))["data"] == f"before {MASK}"


def test_a_secret_in_a_name_is_taken_out(engine: Engine) -> None:
    assert redacted(Redactor(engine), event({SECRETS["npm token"][0]: 1}))["data"] == {MASK: 1}


def test_patterns_match_within_texts_and_never_across_them(engine: Engine) -> None:
    redactor = Redactor(engine, [r"^start.*", r"(?<=pin=)\d+", '"'])
    before = event({"a": "start of it", "b": "no start", "c": ["pin=1234 x", 'a "b"', "ü=\n"]})
    after = redacted(redactor, before)
    assert after["data"] == {"a": MASK, "b": "no start", "c": [f"pin={MASK} x", f"a {MASK}b{MASK}", "ü=\n"]}


def test_further_names_are_those_of_the_known_ones(engine: Engine) -> None:
    redactor = Redactor(engine, members=["security_answer", "a.b", "_", ""])
    after = redacted(redactor, event({"SecurityAnswer": "x", "a.b": "y", "a_b": "z", "": "w", "_": "v"}))
    assert after["data"] == {"SecurityAnswer": MASK, "a.b": MASK, "a_b": "z", "": "w", "_": "v"}


@pytest.mark.parametrize(
    ("pattern", "problem"), [("(", "is no regular expression"), ("x*", "matches where nothing is")]
)
def test_a_pattern_that_cannot_be_used_is_told(engine: Engine, pattern: str, problem: str) -> None:
    with pytest.raises(SettingsError, match=f"redaction.patterns: .* {problem}"):
        Redactor(engine, [pattern])


def test_what_cannot_be_read_loses_its_secrets_and_nothing_else(engine: Engine) -> None:
    secret = SECRETS["GitHub token"][0].encode()
    body = b'{"a": \xff "' + secret + b'", '
    assert Redactor(engine).body(body, is_json=False) == b'{"a": \xff "[redacted]", '


@pytest.mark.parametrize("known", KNOWN_SECRETS, ids=lambda known: known.name)
@pytest.mark.parametrize("length", [3, 5, 9, 20])
def test_a_text_of_many_beginnings_holds_nobody_up(known: KnownSecret, length: int) -> None:
    """Where time grows with the square of the length, this takes minutes."""
    secret, _ = SECRETS[known.name]
    beginnings = secret[:length] * (1_000_000 // length)
    redacted(FAST, event([beginnings, f"{beginnings} {secret}", f"{secret[:-1]}{beginnings}"]))
    REFERENCE.suspects(orjson.dumps(beginnings))


TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
HIDDEN = st.builds(
    lambda before, secret, after: before + secret + after,
    # Where a word begins.
    st.builds(str.__add__, TEXTS, st.sampled_from([" ", "=", "\n", '"', "%20", "\\", "ü", "."])),
    st.sampled_from([secret for secret, _ in SECRETS.values()]),
    # What could be a part of the secret would be taken out with it.
    TEXTS.map(lambda text: f" {text}"),
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS | HIDDEN,
    lambda values: st.lists(values, max_size=4) | st.dictionaries(TEXTS, values, max_size=4),
    max_leaves=12,
)


def shape(value: Any) -> Any:
    """``value`` without its texts."""
    if isinstance(value, dict):
        return [shape(each) for each in value.values()]
    if isinstance(value, list):
        return [shape(each) for each in value]
    return "" if isinstance(value, str) else value


@settings(deadline=None)
@given(value=VALUES)
def test_nothing_but_texts_changes_and_no_secret_is_left(value: Any) -> None:
    before = event(value)
    after = redacted(FAST, before)
    text = json.dumps(after["data"], ensure_ascii=False)
    assert shape(after["data"]) == shape(value)
    for secret, _ in SECRETS.values():
        assert json.dumps(secret, ensure_ascii=False)[1:-1] not in text


@settings(deadline=None)
@given(value=VALUES)
def test_both_engines_take_out_the_same(value: Any) -> None:
    assert redacted(FAST, event(value)) == redacted(REFERENCE, event(value))


@settings(deadline=None)
@given(value=VALUES)
def test_what_is_clean_stays_as_it_is(value: Any) -> None:
    once = redacted(FAST, event(value))
    assert redacted(FAST, once) is once


@settings(deadline=None)
@given(before=TEXTS, after=TEXTS, known=st.sampled_from(KNOWN_SECRETS))
def test_each_secret_has_its_mark_wherever_it_stands(before: str, after: str, known: KnownSecret) -> None:
    """Otherwise it would not be looked for."""
    secret, _ = SECRETS[known.name]
    assert FAST.suspects(orjson.dumps([before + secret + after]))
    assert REFERENCE.suspects(orjson.dumps([before + secret + after]))
