"""What is said about settings that cannot be used."""

from typing import Any

import jsonschema
import pytest
from eventyard.errors import SettingsError
from eventyard.settings import InvalidSettings, Settings, load_settings
from eventyard.settings.key import known_keys
from eventyard.spelling import nearest
from hypothesis import given
from hypothesis import strategies as st


def problems_of(**arguments: Any) -> list[str]:
    """The problems of runtime arguments, as texts."""
    with pytest.raises(InvalidSettings) as caught:
        load_settings(environ={}, arguments=arguments)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("prot", "port"),
        ("cors", "cors_origins"),
        ("buffer_size", "max_buffer_size"),
        ("heartbeat", "heartbeat_interval"),
        ("LogLevel", "log_level"),
        ("engine", "validation.engine"),
        ("plugins.disabled", "plugins.disable"),
        ("validation.depth", "validation.max_depth"),
    ],
)
def test_an_unknown_key_is_told_with_the_nearest_right_one(written: str, meant: str) -> None:
    expected = f"{written}: unknown key; did you mean {meant}? (runtime argument {written})"
    assert problems_of(**{written: 1}) == [expected]


def test_a_key_like_nothing_known_is_told_without_a_guess() -> None:
    assert problems_of(zzzzzz=1) == ["zzzzzz: unknown key (runtime argument zzzzzz)"]


@given(st.sampled_from(sorted(known_keys())), st.data())
def test_a_key_with_two_letters_swapped_is_recognised(key: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(key) - 2))
    swapped = key[:place] + key[place + 1] + key[place] + key[place + 2 :]
    assert nearest(swapped, known_keys()) is not None


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"port": "abc"}, 'port: expected a whole number from 0 to 65535, got "abc"'),
        ({"port": 65536}, "port: expected a whole number from 0 to 65535, got 65536"),
        ({"port": True}, "port: expected a whole number from 0 to 65535, got true"),
        ({"port": None}, "port: expected a whole number from 0 to 65535, got nothing"),
        ({"heartbeat_interval": 0}, "heartbeat_interval: expected a number above 0, at most 86400, got 0"),
        ({"host": ""}, 'host: expected a text that is not empty, got ""'),
        ({"debug": "maybe"}, 'debug: expected true or false, got "maybe"'),
        ({"loop": "trio"}, 'loop: expected one of auto, asyncio, uvloop, got "trio"'),
        ({"allowed_hosts": "a"}, 'allowed_hosts: expected a list of texts, got "a"'),
        ({"cors_origins": [1, 2]}, "cors_origins: expected a text or a list of texts, got [1, 2]"),
        ({"validation": {"max_depth": 0}}, "validation.max_depth: expected a whole number from 1 to 500, got 0"),
    ],
)
def test_a_wrong_value_is_told_with_what_was_expected_what_came_and_from_where(
    arguments: dict[str, Any], problem: str
) -> None:
    origin = problem.partition(":")[0]
    assert problems_of(**arguments) == [f"{problem} (runtime argument {origin})"]


def test_a_long_value_is_cut() -> None:
    (problem,) = problems_of(port="x" * 1000)
    assert "…" in problem
    assert len(problem) < 200


_TOKEN = "token: expected printable ASCII characters without blanks at the ends, at most 4096"


def test_a_wrong_secret_is_not_shown() -> None:
    assert problems_of(token=["geheim"]) == [f"{_TOKEN}, got a value of the type list (runtime argument token)"]


@pytest.mark.parametrize("token", ["geheim\r", "geheim\n", "ge\nheim", "geheim\x00", "日本", "geheim ", " geheim"])
def test_a_token_that_no_header_can_carry_is_wrong(token: str) -> None:
    assert problems_of(token=token) == [f"{_TOKEN}, got another text (runtime argument token)"]


@pytest.mark.parametrize("token", ["", "x", "geheim", "three small words", "~!+/=_-."])
def test_any_other_token_is_right(token: str) -> None:
    assert Settings().with_changes(token=token).token == token


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(InvalidSettings) as caught:
        load_settings(env="prod", environ={"SOCKETIO_PORT": "x"}, assignments=["debug"], arguments={"prot": 1})
    assert str(caught.value) == (
        "4 wrong settings:\n"
        '  env: expected one of development, production, testing, got "prod" (runtime argument env)\n'
        "  debug: expected key=value (runtime argument debug)\n"
        "  prot: unknown key; did you mean port? (runtime argument prot)\n"
        '  port: expected a whole number from 0 to 65535, got "x" (environment variable SOCKETIO_PORT)'
    )


def test_changes_are_checked_too() -> None:
    with pytest.raises(SettingsError, match="did you mean port"):
        Settings().with_changes(prot=1)
    with pytest.raises(SettingsError, match="expected a whole number"):
        Settings().with_changes(port="x")


SCALARS = st.none() | st.booleans() | st.integers() | st.text("a1", max_size=3)


@given(st.dictionaries(st.sampled_from(sorted(known_keys())), SCALARS, max_size=5))
def test_the_verdict_is_the_one_of_the_schema(values: dict[str, Any]) -> None:
    """Whatever a program passes, it is accepted exactly when the schema of each key accepts its value."""
    validators = {key: jsonschema.Draft202012Validator(known_keys()[key].schema) for key in values}
    refused = {key for key, value in values.items() if not validators[key].is_valid(value)}
    told: set[str] = set()
    try:
        Settings().with_changes(**values)
    except InvalidSettings as error:
        told = {problem.key for problem in error.problems}
    assert told == refused


def test_an_assignment_without_a_key_is_told_as_one() -> None:
    with pytest.raises(InvalidSettings, match="set: expected key=value, got no key before the ="):
        load_settings(environ={}, assignments=["=5"])
