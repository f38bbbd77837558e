"""Tokens for single programs: what is kept of them, and what they grant."""

import json
import logging
import os
import stat
from pathlib import Path

import pytest
from eventyard.access import EVERYTHING, Credentials, Grant, Scope, TokenFile
from eventyard.errors import TokenFileError

READ = frozenset({Scope.READ})


@pytest.fixture
def file(tmp_path: Path) -> TokenFile:
    return TokenFile(tmp_path / "deep" / "tokens.json")


class Clock:
    """Stands still until it is set."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def made(file: TokenFile, name: str = "ci", scopes: frozenset[Scope] = READ, expires: float | None = None) -> str:
    return file.create(name, scopes, namespaces=None, now=1000.0, expires=expires)


def test_what_lets_somebody_in_is_not_kept(file: TokenFile) -> None:
    secret = made(file)[len("eyk_0123456789ab_") :]
    assert secret not in file.path.read_text()


@pytest.mark.skipif(os.name != "posix", reason="other systems have other permissions")
def test_nobody_else_may_read_the_file(file: TokenFile) -> None:
    made(file)
    made(file, "second")
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
    assert [path.name for path in file.path.parent.iterdir()] == ["tokens.json"]


def test_a_token_grants_what_it_was_made_for(file: TokenFile) -> None:
    token = file.create("ui", READ, namespaces=frozenset({"/tools"}), now=1000.0, expires=2000.0)
    grant = Credentials("", file, clock=Clock()).grant(token)
    assert grant is not None
    assert (grant.name, grant.scopes, grant.namespaces, grant.expires) == ("ui", READ, frozenset({"/tools"}), 2000.0)


@pytest.mark.parametrize(
    ("scopes", "allowed"),
    [({"publish"}, {"publish"}), ({"read"}, {"read"}), ({"admin"}, {"publish", "read", "admin"}), (set(), set())],
)
def test_admin_has_the_other_scopes_in_it(scopes: set[str], allowed: set[str]) -> None:
    grant = Grant("ci", frozenset(map(Scope, scopes)))
    assert {scope.value for scope in Scope if grant.may(scope)} == allowed
    assert grant.may_read("/tools") is ("read" in allowed)


def test_of_the_namespaces_only_those_named_may_be_read() -> None:
    grant = Grant("ui", READ, frozenset({"/tools"}))
    assert (grant.may_read("/tools"), grant.may_read("/files")) == (True, False)


@pytest.mark.parametrize("wrong", ["", "eyk_", "eyk_0123456789ab_" + "a" * 43, "ci", None, 5, ["a"], "\udcff"])
def test_what_is_no_token_grants_nothing(file: TokenFile, wrong: object) -> None:
    made(file)
    assert Credentials("", file).grant(wrong) is None


def test_the_secret_of_another_token_grants_nothing(file: TokenFile) -> None:
    first, second = made(file), made(file, "second")
    mixed = first[: len("eyk_0123456789ab_")] + second[len("eyk_0123456789ab_") :]
    assert Credentials("", file).grant(mixed) is None


def test_the_token_of_the_settings_grants_everything(file: TokenFile) -> None:
    credentials = Credentials("secret", file)
    assert credentials.grant("secret") is EVERYTHING
    assert credentials.grant_of("Bearer secret") is EVERYTHING
    assert credentials.grant_of("bearer  secret ") is EVERYTHING
    assert credentials.grant_of("Basic secret") is None


def test_a_token_of_a_program_does_not_open_everything(file: TokenFile, caplog: pytest.LogCaptureFixture) -> None:
    """A server may be started where ``EVENTYARD_TOKEN`` is set for a program."""
    token = made(file)
    grant = Credentials(token, file).grant(token)
    assert grant is not None
    assert grant.described() == "read"
    for elsewhere in ("eyk_0123456789ab_" + "a" * 43, "eyJhbGciOi.eyJzdWIi.c2ln"):
        credentials = Credentials(elsewhere)
        assert (credentials.required, credentials.grant(elsewhere)) == (False, None)
    assert caplog.text.count("is not taken for the server's own") == 3


def test_without_any_token_none_is_asked_for(file: TokenFile) -> None:
    credentials = Credentials("", file)
    assert (credentials.required, credentials.can_be_met) == (False, False)
    assert credentials.grant("") is None


def test_a_token_that_is_made_meanwhile_counts_after_a_look(file: TokenFile) -> None:
    credentials = Credentials("", file)
    seen: list[bool] = []
    credentials.on_change(lambda: seen.append(credentials.required))
    token = made(file)
    credentials.refresh()
    credentials.refresh()
    assert credentials.grant(token) is not None
    assert seen == [True]


def test_a_token_that_is_revoked_counts_no_more(file: TokenFile) -> None:
    token = made(file)
    credentials = Credentials("", file)
    grant = credentials.grant(token)
    assert grant is not None
    assert credentials.holds(grant)
    file.revoke("ci")
    credentials.refresh()
    assert credentials.grant(token) is None
    assert not credentials.holds(grant)


@pytest.mark.parametrize("vanish", [False, True])
def test_when_the_last_token_has_gone_nobody_is_let_in(file: TokenFile, vanish: bool) -> None:
    """To take a token away must not let everybody in."""
    made(file)
    credentials = Credentials("", file)
    file.revoke("ci")
    if vanish:
        file.path.unlink()
    credentials.refresh()
    assert credentials.required
    if not vanish:
        assert Credentials("", file).required


def test_a_token_of_the_same_name_is_another_one(file: TokenFile) -> None:
    first = made(file)
    credentials = Credentials("", file)
    grant = credentials.grant(first)
    file.revoke("ci")
    second = made(file)
    credentials.refresh()
    assert grant is not None
    assert not credentials.holds(grant)
    assert credentials.grant(second) is not None


def test_a_token_that_has_expired_counts_no_more(file: TokenFile) -> None:
    token = made(file, expires=1060.0)
    clock = Clock()
    credentials = Credentials("", file, clock=clock)
    seen: list[str] = []
    credentials.on_change(lambda: seen.append("changed"))
    clock.now = 1059.9
    credentials.refresh()
    assert credentials.grant(token) is not None
    assert credentials.can_be_met
    clock.now = 1060.0
    assert credentials.grant(token) is None
    credentials.refresh()
    assert seen == ["changed"]
    assert not credentials.can_be_met


def test_two_tokens_have_no_name_in_common(file: TokenFile) -> None:
    made(file)
    with pytest.raises(TokenFileError, match="there is a token 'ci' already"):
        made(file)


def test_what_is_not_there_cannot_be_revoked(file: TokenFile) -> None:
    assert file.revoke("ci") is None
    assert not file.path.exists()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "JSONDecodeError"),
        ("[]", "TypeError"),
        ("{}", "KeyError: 'version'"),
        ('{"version": 2}', "have version 2, this Eventyard knows 1"),
        ('{"version": 1, "tokens": [{}]}', "KeyError"),
        ('{"version": 1, "tokens": [5]}', "TypeError"),
    ],
)
def test_a_file_that_is_none_of_ours_is_told(file: TokenFile, content: str, why: str) -> None:
    file.path.parent.mkdir()
    file.path.write_text(content)
    with pytest.raises(TokenFileError, match=f"{file.path} .*{why}"):
        Credentials("", file)


def test_a_file_that_is_broken_meanwhile_changes_nothing(file: TokenFile, caplog: pytest.LogCaptureFixture) -> None:
    token = made(file)
    credentials = Credentials("", file)
    file.path.write_text("{")
    with caplog.at_level(logging.ERROR):
        credentials.refresh()
        credentials.refresh()
    assert credentials.grant(token) is not None
    assert len(caplog.records) == 1
    assert "the tokens stay as they were" in caplog.text


def test_an_unknown_scope_is_not_taken_for_another(file: TokenFile) -> None:
    made(file)
    document = json.loads(file.path.read_text())
    document["tokens"][0]["scopes"] = ["everything"]
    file.path.write_text(json.dumps(document))
    with pytest.raises(TokenFileError, match="'everything' is not a valid Scope"):
        file.read()
