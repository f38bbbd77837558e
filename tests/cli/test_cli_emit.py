"""``eventyard emit``, against a real server."""

import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from eventyard.server import Server

Cli = Callable[..., Result]


def note(text: Any, **attributes: Any) -> dict[str, Any]:
    """A ``note`` event; its text has to be a string."""
    return {"type": "note", "source": "/test", "data": {"text": text}, **attributes}


def kept(cli: Cli) -> list[str]:
    """The texts of the notes that the server keeps, in order."""
    lines = cli("tail", "notes", "--from", "earliest", "--json", "-n", "1").stdout.splitlines()
    return [json.loads(line)["data"]["text"] for line in lines]


def ndjson(*values: Any) -> str:
    """``values``, one a line."""
    return "".join(json.dumps(value) + "\n" for value in values)


@pytest.mark.usefixtures("url")
def test_one_event_is_made_from_the_options(cli: Cli) -> None:
    result = cli("emit", "--type", "note", "--session", "s1", "--subject", "x", "--data", '{"text": "hello"}')
    assert (result.exit_code, result.stdout) == (0, "1 accepted, 0 duplicate, 0 rejected\n")
    event = json.loads(cli("tail", "notes", "--json", "-n", "1").stdout)
    assert (event["type"], event["source"], event["session"], event["subject"]) == (
        "note",
        "/eventyard/emit",
        "s1",
        "x",
    )
    assert event["data"] == {"text": "hello"}


@pytest.mark.usefixtures("url")
def test_the_payload_may_come_from_a_file(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "data.json"
    file.write_text('{"text": "from a file"}')
    assert cli("emit", "--type", "note", "--data", f"@{file}").exit_code == 0
    assert kept(cli) == ["from a file"]


@pytest.mark.usefixtures("url")
@pytest.mark.parametrize(
    "content", [ndjson(note("a")), json.dumps([note("a")], indent=2), json.dumps(note("a"), indent=2)]
)
def test_events_come_from_a_file_or_from_standard_input(cli: Cli, tmp_path: Path, content: str) -> None:
    file = tmp_path / "events"
    file.write_text(content)
    assert cli("emit", str(file)).stdout == "1 accepted, 0 duplicate, 0 rejected\n"
    assert cli("emit", "-", stdin=content).stdout == "1 accepted, 0 duplicate, 0 rejected\n"


@pytest.mark.usefixtures("url")
def test_an_event_that_is_there_already_is_a_duplicate_and_no_mistake(cli: Cli) -> None:
    content = ndjson(note("a", id="1"), note("b", id="2"), note("a", id="1"))
    result = cli("emit", "-", stdin=content)
    assert (result.exit_code, result.stdout) == (0, "2 accepted, 1 duplicate, 0 rejected\n")


@pytest.mark.usefixtures("url")
def test_each_refused_event_is_told_with_its_line_and_the_others_get_through(cli: Cli) -> None:
    content = (
        ndjson(note("a"), note(5), {"type": "nothing", "source": "/test", "data": {}}, 7)
        + "{oops}\n"
        + ndjson(note("b"))
    )
    result = cli("emit", "-", stdin=content)
    assert (result.exit_code, result.stdout) == (1, "2 accepted, 0 duplicate, 4 rejected\n")
    told = sorted(result.stderr.splitlines())
    assert [line.split(": ")[0] for line in told] == ["stdin:2", "stdin:3", "stdin:4", "stdin:5"]
    assert told[0].startswith("stdin:2: /data/text: ")
    assert "/type" in told[1]
    assert told[2] == "stdin:4: an event is a JSON object"
    assert told[3].startswith("stdin:5: not JSON: ")


@pytest.mark.usefixtures("url")
def test_json_tells_the_counts_and_each_problem(cli: Cli) -> None:
    result = cli("emit", "-", "--json", stdin=ndjson(note("a"), note(5, id="five")))
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert (told["accepted"], told["duplicate"], told["rejected"]) == (1, 0, 1)
    (problem,) = told["problems"]
    assert (problem["line"], problem["id"]) == (2, "five")
    assert problem["issues"][0]["pointer"] == "/data/text"
    assert result.stderr == ""


@pytest.mark.usefixtures("url")
def test_many_events_arrive_in_order(cli: Cli) -> None:
    texts = [str(number) for number in range(1, 1301)]
    assert cli("emit", "-", stdin=ndjson(*map(note, texts))).stdout == "1300 accepted, 0 duplicate, 0 rejected\n"
    lines = cli("tail", "notes", "--from", "earliest", "--json", "-n", "1000").stdout.splitlines()
    assert [json.loads(line)["data"]["text"] for line in lines] == texts[-1000:]


@pytest.mark.usefixtures("url")
def test_one_event_that_spoils_its_batch_is_found(cli: Cli) -> None:
    """The server refuses a body with a lone surrogate as a whole; the events around it get through."""
    content = (
        ndjson(note("a"), note("b"))
        + '{"type": "note", "source": "/test", "data": {"text": "\\ud800"}}\n'
        + ndjson(note("c"))
    )
    result = cli("emit", "-", stdin=content)
    assert (result.exit_code, result.stdout) == (1, "3 accepted, 0 duplicate, 1 rejected\n")
    assert result.stderr.startswith("stdin:3: ")


def test_a_server_that_is_not_there_is_told(cli: Cli) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        result = cli("emit", "--type", "note", "--url", url)
    assert result.exit_code == 2
    assert result.stderr == f"Error: no server answers at {url}: Connection refused\n"
    assert result.stdout == ""


@pytest.mark.parametrize("url", ["localhost:1", "ftp://localhost", "http://localhost:http"])
def test_what_is_no_url_is_told(cli: Cli, url: str) -> None:
    result = cli("emit", "--type", "note", "--url", url)
    assert result.exit_code == 2
    assert f"{url} is no URL" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Give either a FILE of events or --type."),
        (("-", "--type", "note"), "Give either a FILE of events or --type."),
        (("-", "--session", "s1"), "The options that make one event do not go with a FILE."),
        (("--type", "note", "--data", "{"), "not JSON"),
        (("--type", "note", "--data", "@missing.json"), "missing.json: No such file or directory"),
        (("missing.ndjson",), "'missing.ndjson': No such file or directory"),
    ],
)
def test_wrong_usage_is_told(cli: Cli, arguments: tuple[str, ...], message: str) -> None:
    result = cli("emit", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_token_is_sent(cli: Cli, guarded: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ["emit", "--type", "note", "--data", '{"text": "a"}', "--url", guarded.url]
    refused = cli(*arguments)
    assert refused.exit_code == 2
    assert "401" in refused.stderr
    assert cli(*arguments, "--token", "secret").exit_code == 0
    monkeypatch.setenv("EVENTYARD_TOKEN", "secret")
    assert cli(*arguments).exit_code == 0


def test_sending_imports_no_server(url: str) -> None:
    program = (
        "import sys\n"
        "from eventyard.cli import main\n"
        "try:\n    main()\n"
        "finally:\n    print(sorted({'aiohttp', 'asyncio', 'jsonschema', 'pluggy', 'socketio'} & set(sys.modules)))"
    )
    arguments = ["emit", "--type", "note", "--data", '{"text": "a"}', "--url", url, "--token", "t"]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, check=True, text=True, timeout=30
    )
    assert done.stdout == "1 accepted, 0 duplicate, 0 rejected\n[]\n"


@pytest.mark.usefixtures("url")
@pytest.mark.parametrize("token", ["geheim\r", "geheim日本"])
@pytest.mark.parametrize(
    "command",
    [["emit", "--type", "note"], ["tail"], ["export"], ["replay", "-"], ["dead-letters", "list"]],
    ids=lambda command: command[0],
)
def test_a_token_that_no_header_can_carry_is_told_and_not_shown(cli: Cli, command: list[str], token: str) -> None:
    result = cli(*command, "--token", token)
    assert result.exit_code == 2
    assert "the token cannot be sent" in result.stderr
    assert "geheim" not in result.output
