"""``eventyard token``: tokens for single programs."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from eventyard.access import Credentials, Grant, TokenFile

Cli = Callable[..., Result]


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TokenFile:
    """The file of the server that the commands find without an option."""
    monkeypatch.setenv("SOCKETIO_DATA_DIR", str(tmp_path / "data"))
    return TokenFile(tmp_path / "data" / "tokens.json")


def granted(file: TokenFile, result: Result) -> Grant:
    grant = Credentials("", file).grant(result.stdout.strip())
    assert grant is not None
    return grant


def test_a_token_is_printed_alone(cli: Cli, file: TokenFile) -> None:
    """So that a shell can take it: ``EVENTYARD_TOKEN=$(eventyard token create ui)``."""
    first, second = cli("token", "create", "ui"), cli("token", "create", "other")
    assert granted(file, first).described() == "read"
    assert first.stderr == (
        "This is the first one: from now on, the server lets nobody in without, not even local agents.\n"
    )
    assert second.stderr == ""


def test_scopes_namespaces_and_an_end_are_said_by_options(cli: Cli, file: TokenFile) -> None:
    made = cli(
        "token", "create", "ci", "--scope", "publish", "--scope", "read", "--namespace", "tools", "--expires", "2h"
    )
    grant = granted(file, made)
    (stored,) = file.read()
    assert grant.described() == "publish, read of /tools"
    assert grant.expires == stored.created + 7200


def test_json_is_for_programs(cli: Cli, file: TokenFile) -> None:
    made = json.loads(cli("token", "create", "ui", "--json").stdout)
    assert Credentials("", file).grant(made["token"]) is not None
    assert json.loads(cli("token", "revoke", "ui", "--json").stdout) == {"revoked": made["name"]}


def test_another_data_directory_has_other_tokens(cli: Cli, file: TokenFile, tmp_path: Path) -> None:
    cli("token", "create", "ui", "--data-dir", str(tmp_path / "other"))
    assert file.read() == []
    assert [each.grant.name for each in TokenFile(tmp_path / "other" / "tokens.json").read()] == ["ui"]


def test_the_list_has_no_secrets(cli: Cli) -> None:
    token = cli("token", "create", "ui", "--namespace", "/tools", "--namespace", "files").stdout.strip()
    cli("token", "create", "ci", "--scope", "publish", "--expires", "1m")
    result = cli("token", "list")
    assert [line.split()[:3] for line in result.stdout.splitlines()] == [
        ["NAME", "SCOPES", "NAMESPACES"],
        ["ui", "read", "/files"],
        ["ci", "publish", "all"],
    ]
    listed = json.loads(cli("token", "list", "--json").stdout)["tokens"]
    assert [(each["name"], each["expired"], each["expires"] is None) for each in listed] == [
        ("ui", False, True),
        ("ci", False, False),
    ]
    assert token[len("eyk_0123456789ab_") :] not in result.stdout + json.dumps(listed)


def test_no_tokens_is_an_empty_list(cli: Cli) -> None:
    assert json.loads(cli("token", "list", "--json").stdout) == {"tokens": []}


def test_a_token_is_revoked_by_its_name(cli: Cli, file: TokenFile) -> None:
    cli("token", "create", "ui")
    assert cli("token", "revoke", "ui").stdout == "ui is revoked\n"
    assert file.read() == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("revoke", "uj"), "There is no token 'uj'; did you mean 'ui'?"),
        (("create", "ui"), "there is a token 'ui' already"),
        (("create", "a b"), "'a b' is no name"),
        (("create", "x", "--scope", "write"), "'write' is not one of 'publish', 'read', 'admin'"),
        (("create", "x", "--namespace", "T ools"), "'T ools' is no namespace"),
        (("create", "x", "--scope", "publish", "--namespace", "tools"), "only what has the scope read"),
        (
            ("create", "x", "--scope", "admin", "--scope", "read", "--namespace", "tools"),
            "only what has the scope read",
        ),
        (("create", "x", "--expires", "soon"), "'soon' is no span of time"),
        (("create", "x", "--expires", "0d"), "'0d' is no span of time"),
        (("create", "x", "--set", "journal.durability=memory"), "has no file with tokens"),
    ],
)
def test_what_cannot_be_is_told(cli: Cli, file: TokenFile, arguments: tuple[str, ...], said: str) -> None:
    cli("token", "create", "ui")
    result = cli("token", *arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert [each.grant.name for each in file.read()] == ["ui"]


def test_a_broken_file_is_told_and_left_alone(cli: Cli, file: TokenFile) -> None:
    file.path.parent.mkdir()
    file.path.write_text("{")
    result = cli("token", "create", "ui")
    assert (result.exit_code, file.path.read_text()) == (2, "{")
    assert "cannot be read" in result.stderr
