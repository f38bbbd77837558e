"""``eventyard doctor``: what keeps events from being seen."""

import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from eventyard import Event, Issue, Plugin, Server, Settings, hookimpl
from eventyard.client.http_client import HttpClient

Cli = Callable[..., Result]
Install = Callable[..., None]


@pytest.fixture(autouse=True)
def data_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, without settings of an agent, and a data directory that is not there."""
    directory = tmp_path / "data"
    monkeypatch.setenv("SOCKETIO_DATA_DIR", str(directory))
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "claude"))
    monkeypatch.chdir(tmp_path)
    return directory


@pytest.fixture
def full_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server with the plugins in the box, found by the command without an option."""
    with Server(Settings().with_changes(host="127.0.0.1", port=0, data_dir=str(tmp_path / "data"))) as running:
        monkeypatch.setenv("SOCKETIO_PORT", running.url.rpartition(":")[2])
        yield running


def told(result: Result) -> dict[str, list[dict[str, str]]]:
    """The findings by section."""
    return {section["name"]: section["findings"] for section in json.loads(result.stdout)["sections"]}


def texts(findings: list[dict[str, str]], level: str) -> str:
    return "\n".join(finding["text"] for finding in findings if finding["level"] == level)


def test_where_all_is_well_it_ends_with_0(cli: Cli, full_server: Server) -> None:
    result = cli("doctor")
    assert result.exit_code == 0
    assert "    ok       a notification was accepted, kept, and came back on /sessions after " in result.stdout
    # Of the extra fast, that may be missing, and of Claude Code, which is not connected.
    assert re.search(r"\n0 problems, [123] warnings?\n$", result.stdout)


def test_the_test_event_is_a_notification_of_no_session(cli: Cli, full_server: Server) -> None:
    cli("doctor")
    with closing(HttpClient(full_server.url)) as client:
        (event,) = client.get("/v1/streams/sessions/events").body["events"]
    assert (event["type"], event["source"], event.get("session")) == ("notification", "/eventyard/doctor", None)


def test_dead_letters_are_a_warning(cli: Cli, full_server: Server) -> None:
    full_server.publish({"type": "nobody_knows", "source": "/x", "data": {}})
    (warning,) = [each for each in told(cli("doctor", "--json"))["server"] if each["level"] == "warning"]
    assert (warning["text"], warning["remedy"]) == (
        "it keeps 1 dead letter: what it has refused",
        "eventyard dead-letters list",
    )


def test_a_server_that_does_not_run_is_a_problem(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCKETIO_PORT", "1")
    result = cli("doctor", "--json")
    found = told(result)
    assert result.exit_code == 1
    assert found["server"] == [
        {
            "level": "problem",
            "text": "no server answers at http://127.0.0.1:1: Connection refused",
            "remedy": "start it: eventyard serve",
        }
    ]
    assert "test event" not in found


def test_another_program_at_the_address_is_told(cli: Cli) -> None:
    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    other = HTTPServer(("127.0.0.1", 0), Other)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    try:
        result = cli("doctor", "--url", f"http://127.0.0.1:{other.server_port}", "--json")
    finally:
        other.shutdown()
        other.server_close()
    assert "something else than Eventyard answers" in texts(told(result)["server"], "problem")


def test_a_missing_token_is_told(cli: Cli, guarded: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    found = told(cli("doctor", "--url", guarded.url, "--json"))
    assert "it does not let us in: 401 Unauthorized" in texts(found["server"], "problem")
    assert "test event" not in found
    monkeypatch.setenv("EVENTYARD_TOKEN", "secret")
    found = told(cli("doctor", "--url", guarded.url, "--json"))
    assert texts(found["server"], "problem") == ""


def test_a_token_for_some_things_only_is_a_warning(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token = cli("token", "create", "ci", "--scope", "publish").stdout.strip()
    monkeypatch.setenv("EVENTYARD_TOKEN", token)
    with Server(Settings().with_changes(host="127.0.0.1", port=0, data_dir=str(tmp_path / "data"))) as server:
        result = cli("doctor", "--url", server.url, "--json")
    found = told(result)
    assert result.exit_code == 0
    assert "the token 'ci' is for publish" in texts(found["server"], "warning")
    assert "test event" not in found


class Refusing(Plugin):
    """Refuses all events."""

    @hookimpl
    def validate(self, event: Event) -> list[Issue]:
        return [Issue("never", "", "nothing is taken")]


def test_a_test_event_that_is_refused_is_a_problem(cli: Cli, tmp_path: Path) -> None:
    settings = Settings().with_changes(host="127.0.0.1", port=0, data_dir=str(tmp_path / "data"))
    with Server(settings, {"refusing": Refusing()}) as server:
        result = cli("doctor", "--url", server.url, "--json")
    assert result.exit_code == 1
    assert "a test event was refused: 422" in texts(told(result)["test event"], "problem")


def test_a_namespace_that_is_not_there_is_a_problem(cli: Cli, tmp_path: Path) -> None:
    changes: dict[str, Any] = {"host": "127.0.0.1", "port": 0, "plugins": {"disable": ["session"]}}
    with Server(Settings().with_changes(data_dir=str(tmp_path / "data"), **changes)) as server:
        result = cli("doctor", "--url", server.url, "--json")
    assert "a test event could not be followed: " in texts(told(result)["test event"], "problem")


def test_of_a_server_elsewhere_no_data_directory_is_looked_at(cli: Cli, url: str) -> None:
    assert "data directory" in told(cli("doctor", "--json"))
    assert "data directory" not in told(cli("doctor", "--url", url, "--json"))


def test_wrong_settings_are_told_and_end_it(cli: Cli) -> None:
    result = cli("doctor", "--set", "port=70000", "--set", "max_clients=x", "--json")
    assert result.exit_code == 1
    found = told(result)
    assert found.keys() == {"settings"}
    assert re.findall("^(?:port|max_clients): expected", texts(found["settings"], "problem"), re.MULTILINE) == [
        "port: expected",
        "max_clients: expected",
    ]


def test_a_host_that_others_reach_needs_a_token(cli: Cli) -> None:
    found = told(cli("doctor", "--set", "host=0.0.0.0", "--json"))
    assert "so that the server does not start" in texts(found["settings"], "problem")
    found = told(cli("doctor", "--set", "host=0.0.0.0", "--set", "token=a-token-of-sixteen", "--json"))
    assert "nothing is encrypted" in texts(found["settings"], "warning")
    assert "a-token-of-sixteen" not in json.dumps(found)


def test_a_data_directory_that_cannot_be_made_is_a_problem(cli: Cli, data_directory: Path) -> None:
    data_directory.write_text("in the way")
    found = told(cli("doctor", "--set", f"data_dir={data_directory / 'deep'}", "--json"))
    assert f"{data_directory} is a file" in texts(found["data directory"], "problem")


@pytest.mark.skipif(os.name != "posix", reason="other systems have other permissions")
def test_a_data_directory_that_others_may_read_is_a_warning(cli: Cli, data_directory: Path) -> None:
    data_directory.mkdir(mode=0o755)
    (finding,) = [each for each in told(cli("doctor", "--json"))["data directory"] if each["level"] == "warning"]
    assert "other users of this machine may look into it" in finding["text"]
    assert finding["remedy"] == f"chmod 700 {data_directory}"


def test_a_disk_with_too_little_room_is_a_warning(cli: Cli) -> None:
    found = told(cli("doctor", "--set", "journal.max_bytes=1099511627776", "--json"))
    assert "are free on the disk, and events may take 1,099,512 MB" in texts(found["data directory"], "warning")


def test_a_journal_in_memory_is_a_warning(cli: Cli) -> None:
    found = told(cli("doctor", "--set", "journal.durability=memory", "--json"))
    assert "nothing is kept when the server ends" in texts(found["data directory"], "warning")


def test_a_plugin_that_cannot_be_used_is_a_problem(cli: Cli, install: Install) -> None:
    install("broken", "raise ImportError('no such library')")
    found = told(cli("doctor", "--json"))
    assert "broken (acme-broken 1.2) cannot be used: " in texts(found["plugins"], "problem")


def test_the_slow_engine_is_a_warning(cli: Cli) -> None:
    found = told(cli("doctor", "--set", "validation.engine=jsonschema", "--json"))
    assert "a hundred times slower" in texts(found["installation"], "warning")


DIAGNOSING = """
from eventyard import Finding, Plugin, hookimpl

class It(Plugin):
    @hookimpl
    def diagnose(self, url, needs_token):
        {body}
"""


def test_each_plugin_may_tell_whether_it_is_connected(cli: Cli, install: Install, guarded: Server) -> None:
    """With the address of the server, and whether that asks for a token, whether we have one or not."""
    install("shell", DIAGNOSING.format(body="yield Finding('warning', f'{url} {needs_token}', 'mend it')"))
    found = told(cli("doctor", "--url", guarded.url, "--only", "shell", "--json"))
    assert found["plugin shell"] == [{"level": "warning", "text": f"{guarded.url} True", "remedy": "mend it"}]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("raise OSError('no shell')", "OSError: no shell"),
        ("return 5", "diagnose gave int, expected findings or None"),
        ("return [5]", "diagnose gave int among its findings, expected Finding"),
        ("return [Finding('bad', 'x')]", "the level of a finding is 'bad', expected one of ok, warning, problem"),
    ],
)
def test_a_plugin_that_fails_to_tell_is_a_problem(cli: Cli, install: Install, body: str, problem: str) -> None:
    install("shell", DIAGNOSING.format(body=body))
    install("watch", DIAGNOSING.format(body="return [Finding('ok', 'fine')]"))
    install("quiet", DIAGNOSING.format(body="return None"))
    found = told(cli("doctor", "--only", "shell,watch,quiet", "--json"))
    assert problem in texts(found["plugin shell"], "problem")
    assert texts(found["plugin watch"], "ok") == "fine"
    assert "plugin quiet" not in found
