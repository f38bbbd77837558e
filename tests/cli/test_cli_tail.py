"""``eventyard tail``, against a real server."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from eventyard import Plugin
from eventyard.client.http_client import HttpClient
from eventyard.server import Server
from eventyard.settings import Settings

Cli = Callable[..., Result]


def note(text: str, **attributes: Any) -> dict[str, Any]:
    """A ``note`` event."""
    return {"type": "note", "source": "/test", "data": {"text": text}, **attributes}


def texts(result: Result) -> list[str]:
    """The texts of the notes in a JSON listing."""
    return [json.loads(line)["data"]["text"] for line in result.stdout.splitlines()]


@pytest.mark.usefixtures("url")
def test_an_event_is_a_line_of_text(cli: Cli, server: Server) -> None:
    server.publish(note("hello", session="0123456789", subject="door"))
    result = cli("tail", "notes", "-n", "1")
    assert result.exit_code == 0
    assert result.stdout.split()[1:] == ["/notes", "note", "01234567", "-", "door", 'text="hello"']


@pytest.mark.usefixtures("url")
def test_json_is_the_envelope(cli: Cli, server: Server) -> None:
    (outcome,) = server.publish(note("hello"))
    event = json.loads(cli("tail", "notes", "--json", "-n", "1").stdout)
    assert event["id"] == outcome.id
    assert event["specversion"] == "1.0"
    assert int(event["sequence"]) == outcome.offset


@pytest.mark.usefixtures("url")
def test_a_count_ends_it(cli: Cli, server: Server) -> None:
    server.publish(*[note(str(number)) for number in range(10)])
    assert texts(cli("tail", "notes", "--json", "--from", "earliest", "-n", "3")) == ["0", "1", "2"]


@pytest.mark.usefixtures("url")
def test_only_the_wanted_types_and_sessions_are_shown(cli: Cli, server: Server) -> None:
    server.publish(note("a", session="s1"), note("b", session="s2"), note("c", session="s1"), note("d", session="s3"))
    shown = cli("tail", "/notes", "--session", "s2", "--session", "s3", "--json", "-n", "2", "--from", "earliest")
    assert texts(shown) == ["b", "d"]
    assert texts(cli("tail", "--type", "note", "--json", "-n", "4", "--from", "earliest")) == ["a", "b", "c", "d"]


def wait_until_nobody_is_connected(url: str) -> None:
    """Wait until the server has seen that its clients went away."""
    client = HttpClient(url)
    while client.get("/connections").body["connections"]:
        time.sleep(0.01)
    client.close()


def test_by_default_it_begins_with_what_no_client_has_had(cli: Cli, server: Server, url: str) -> None:
    server.publish(note("a"))
    assert texts(cli("tail", "notes", "--json", "-n", "1")) == ["a"]
    wait_until_nobody_is_connected(url)
    server.publish(note("b"))
    assert texts(cli("tail", "notes", "--json", "-n", "1")) == ["b"]


@pytest.mark.usefixtures("url")
def test_with_a_cursor_the_next_run_goes_on_where_this_one_ended(cli: Cli, server: Server, tmp_path: Path) -> None:
    server.publish(*[note(str(number)) for number in range(5)])
    arguments = ["tail", "notes", "--json", "-n", "2", "--cursor", str(tmp_path / "cursor"), "--from", "earliest"]
    assert texts(cli(*arguments)) == ["0", "1"]
    assert texts(cli(*arguments)) == ["2", "3"]


@pytest.mark.usefixtures("url")
def test_a_broken_cursor_is_told(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "cursor").write_text("{")
    result = cli("tail", "notes", "--cursor", str(tmp_path / "cursor"))
    assert result.exit_code == 2
    assert result.stderr.startswith(
        f"Error: the cursor file {tmp_path / 'cursor'} cannot be understood: it is not JSON"
    )


@pytest.mark.usefixtures("url")
def test_lost_connections_and_gaps_are_told_on_standard_error(server: Server, note_plugin: Plugin) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "eventyard", "tail", "notes"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    server.publish(note("a"))
    assert process.stdout is not None
    assert process.stderr is not None
    with process, process.stdout as out, process.stderr as err:
        assert "note" in out.readline()
        port = int(server.url.rpartition(":")[2])
        server.stop()
        assert err.readline() == "connection lost; connecting again …\n"
        settings = Settings().with_changes(host="127.0.0.1", port=port, journal={"durability": "memory"})
        with Server(settings, {"note": note_plugin}) as again:
            assert err.readline() == "connected again\n"
            assert err.readline() == "gap: an unknown number of events of /notes missed (epoch_changed)\n"
            again.publish(note("b"))
            assert "note" in out.readline()
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 0


@pytest.mark.usefixtures("url")
def test_an_unknown_namespace_is_told_with_the_nearest_one(cli: Cli) -> None:
    result = cli("tail", "note")
    assert result.exit_code == 2
    assert "the server has no namespace /note; did you mean /notes?" in result.stderr


def test_a_server_that_is_not_there_is_told(cli: Cli) -> None:
    result = cli("tail", "--url", "http://127.0.0.1:9")
    assert result.exit_code == 2
    assert result.stderr == "Error: no server answers at http://127.0.0.1:9: Connection refused\n"


def test_a_token_is_needed_where_the_server_asks_for_one(cli: Cli, guarded: Server) -> None:
    guarded.publish(note("a"))
    refused = cli("tail", "--url", guarded.url)
    assert refused.exit_code == 2
    assert refused.stderr.startswith(f"Error: the server at {guarded.url} does not let us in: 401 Unauthorized")
    assert texts(cli("tail", "notes", "--json", "-n", "1", "--url", guarded.url, "--token", "secret")) == ["a"]


@pytest.mark.usefixtures("url")
def test_ctrl_c_ends_it_with_0(server: Server) -> None:
    server.publish(note("a"))
    process = subprocess.Popen(
        [sys.executable, "-m", "eventyard", "tail", "notes"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert "note" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")


@pytest.mark.usefixtures("url")
def test_a_reader_that_goes_away_ends_it_quietly(server: Server) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "eventyard", "tail", "notes"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    server.publish(note("a"))
    assert process.stdout is not None
    assert "note" in process.stdout.readline()
    process.stdout.close()
    assert process.stderr is not None
    server.publish(note("b"))
    with process.stderr as stderr:
        assert stderr.read() == ""
    assert process.wait(timeout=30) == 1


@pytest.mark.usefixtures("url")
def test_a_type_that_no_plugin_owns_is_told_with_the_nearest(cli: Cli, server: Server) -> None:
    """And asked for all the same: events of it may be kept though its plugin has gone."""
    server.publish(note("a"))
    result = cli("tail", "notes", "--from", "earliest", "-n", "1", "--type", "note", "--type", "notee")
    assert result.exit_code == 0
    assert "Warning: no installed plugin owns 'notee'; did you mean 'note'?" in result.stderr
    assert (
        "'note';"
        not in cli("tail", "notes", "--from", "earliest", "-n", "1", "--type", "note", "--type", "note").stderr
    )


@pytest.mark.usefixtures("url")
def test_the_namespace_that_takes_events_in_cannot_be_followed(cli: Cli) -> None:
    result = cli("tail", "ingest")
    assert result.exit_code == 2
    assert "/ingest takes events in and gives none out" in result.stderr
