"""Whether Claude Code is set up to report to a server, as ``eventyard doctor`` tells it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from eventyard import Finding
from eventyard_claude_code import ClaudeCodePlugin, settings_block
from eventyard_claude_code.settings_files import _MANAGED

URL = "http://127.0.0.1:8765"

Write = Callable[..., Path]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings directory of a user who works in an empty project, on a machine without an administrator."""
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "claude"))
    monkeypatch.delenv("EVENTYARD_TOKEN", raising=False)
    monkeypatch.setattr("sys.platform", "somewhere")
    monkeypatch.setitem(_MANAGED, "somewhere", str(tmp_path / "managed-settings.json"))
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "claude"


@pytest.fixture
def write(home: Path, tmp_path: Path) -> Write:
    """Write a settings file: ``user``, ``project``, ``local`` or ``managed``."""
    places = {
        "user": home / "settings.json",
        "project": tmp_path / "project/.claude/settings.json",
        "local": tmp_path / "project/.claude/settings.local.json",
        "managed": tmp_path / "managed-settings.json",
    }

    def write(settings: object, name: str = "user") -> Path:
        path = places[name]
        path.parent.mkdir(exist_ok=True)
        path.write_text(settings if isinstance(settings, str) else json.dumps(settings))
        return path

    return write


def look(url: str = URL, *, needs_token: bool = False) -> list[Finding]:
    return list(ClaudeCodePlugin().diagnose(url, needs_token))


def only(findings: list[Finding], level: str) -> Finding:
    (finding,) = [each for each in findings if each.level == level]
    return finding


def block(**changes: Any) -> dict[str, Any]:
    return settings_block(URL) | changes


def http(url: str = URL, **members: Any) -> dict[str, Any]:
    return {"hooks": [{"type": "http", "url": f"{url}/v1/hooks/claude-code", "timeout": 2} | members]}


@pytest.mark.parametrize("name", ["user", "project", "local", "managed"])
def test_the_block_of_the_server_is_as_it_should_be_wherever_it_is(write: Write, name: str) -> None:
    write(block(), name)
    assert look() == [Finding("ok", "31 hooks of Claude Code report to the server")]


@pytest.mark.parametrize("url", ["http://localhost:8765", "http://127.0.0.1:8765/", "http://[::1]:8765"])
def test_all_names_of_this_machine_are_one(write: Write, url: str) -> None:
    write(block())
    assert [finding.level for finding in look(url)] == ["ok"]


def test_without_settings_it_is_not_connected(home: Path) -> None:
    (finding,) = look()
    assert (finding.level, finding.remedy) == (
        "warning",
        "put the block that eventyard serve prints into ~/.claude/settings.json",
    )
    assert "no hook reports to /v1/hooks/claude-code (no settings file is there)" in finding.text


def test_hooks_of_another_program_do_not_count(write: Write) -> None:
    path = write({"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "say done"}]}]}})
    assert str(path) in only(look(), "warning").text


def test_hooks_that_report_elsewhere_are_told(write: Write) -> None:
    write(settings_block("http://localhost:9000"))
    assert only(look(), "problem").text == (
        f"the hooks of Claude Code report to http://localhost:9000, and the server is {URL}"
    )


def test_hooks_that_do_not_report_are_named(write: Write) -> None:
    settings = block()
    del settings["hooks"]["Stop"], settings["hooks"]["Setup"]
    write(settings)
    assert only(look(), "warning").text.endswith(
        "29 hooks of Claude Code report to the server, and these do not: Setup, Stop"
    )


@pytest.mark.parametrize(
    ("text", "why"), [("{", "it is no JSON: "), ("[]", "it is no JSON object"), ("\udcff", "it is no JSON: ")]
)
def test_a_file_that_cannot_be_read_is_told(write: Write, text: str, why: str) -> None:
    path = write("{}")
    path.write_bytes(text.encode(errors="surrogateescape"))
    assert f"{path} cannot be read: {why}" in only(look(), "problem").text


@pytest.mark.parametrize(
    "hooks", [5, [], {"Stop": 5}, {"Stop": [5]}, {"Stop": [{"hooks": 5}]}, {"Stop": [{"hooks": [5, {"type": "http"}]}]}]
)
def test_settings_of_another_form_are_left_alone(write: Write, hooks: object) -> None:
    write({"hooks": hooks})
    assert only(look(), "warning").text.startswith("Claude Code is not connected")


@pytest.mark.parametrize("name", ["user", "local", "managed"])
def test_hooks_that_are_switched_off_are_told(write: Write, name: str) -> None:
    write(block())
    path = write(block(disableAllHooks=True), name)
    assert only(look(), "problem").text == f"{path} has disableAllHooks: no hook is called"


def test_hooks_that_an_administrator_forbids_are_told(write: Write) -> None:
    write(block())
    write({"allowManagedHooksOnly": True}, "managed")
    assert "allowManagedHooksOnly" in only(look(), "problem").text
    write(block(allowManagedHooksOnly=True), "managed")
    assert [finding.level for finding in look()] == ["ok"]


@pytest.mark.parametrize(
    ("patterns", "is_allowed"),
    [
        ([], False),
        (["https://*"], False),
        (["http://127.0.0.1:8765/*"], True),
        (["x", f"{URL}/v1/hooks/claude-code"], True),
        (["http://127?0.0.1:8765/*"], False),
    ],
)
def test_addresses_that_are_not_allowed_are_told(write: Write, patterns: list[str], is_allowed: bool) -> None:
    write(block(allowedHttpHookUrls=patterns))
    problems = [finding for finding in look() if finding.level == "problem"]
    assert (problems == []) is is_allowed
    assert all("allowedHttpHookUrls does not list" in problem.text for problem in problems)


def test_hooks_without_the_token_are_told(write: Write) -> None:
    write(settings_block(URL))
    problem = only(look(needs_token=True), "problem")
    assert "which these hooks do not send: ConfigChange, CwdChanged, " in problem.text
    assert problem.text.endswith(" and 26 more")


def test_a_variable_that_claude_code_may_not_use_is_no_token(write: Write) -> None:
    bearer: dict[str, Any] = {"headers": {"authorization": "Bearer ${EVENTYARD_TOKEN}"}}
    write({"hooks": {"Stop": [http(**bearer, allowedEnvVars=["EVENTYARD_TOKEN"])], "SubagentStop": [http(**bearer)]}})
    assert only(look(needs_token=True), "problem").text.endswith("do not send: SubagentStop")


def test_a_token_that_is_not_set_is_a_warning(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write(settings_block(URL, needs_token=True))
    assert "EVENTYARD_TOKEN is not set here" in only(look(needs_token=True), "warning").text
    monkeypatch.setenv("EVENTYARD_TOKEN", "a-token-of-sixteen")
    assert [finding.level for finding in look(needs_token=True)] == ["ok"]


@pytest.mark.parametrize("timeout", [None, 600, "2", 11])
def test_a_hook_that_waits_for_long_is_a_warning(write: Write, timeout: object) -> None:
    settings = block()
    settings["hooks"]["Stop"] = [http(timeout=timeout)]
    write(settings)
    assert only(look(), "warning").text.endswith("for more than 10 seconds: Stop")


def test_a_hook_that_claude_code_does_not_post_is_a_warning(write: Write) -> None:
    settings = block()
    settings["hooks"]["SessionStart"] = [http()]
    write(settings)
    assert "commands only for SessionStart" in only(look(), "warning").text


def test_a_missing_curl_is_told(write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write(block())
    monkeypatch.setenv("PATH", str(tmp_path))
    assert only(look(), "problem").text == "some hooks need curl, which is not installed"


def test_a_hook_that_reports_under_two_names_is_a_warning(write: Write) -> None:
    write(block())
    write({"hooks": {"Stop": [http("http://localhost:8765")], "Notification": [http()]}}, "project")
    assert only(look(), "warning").text.endswith("under two names of the server: Stop")
