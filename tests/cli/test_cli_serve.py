"""``eventyard serve``, as a process of its own."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from eventyard import __version__

Cli = Callable[..., Result]
Install = Callable[[str, str], None]
Serve = Callable[..., "Served"]

GARDEN = """
from eventyard import BufferPolicy, EventType, Plugin, hookimpl

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:eventyard:watered/1.0.0",
    "title": "watered", "description": "A plant was watered.", "type": "object", "properties": {},
    "examples": [{}, {"litres": 1}],
}

class It(Plugin):
    @hookimpl
    def event_types(self):
        policy = BufferPolicy.buffer_if_no_clients()
        return [EventType(name="watered", schema=SCHEMA, namespace="/garden", policy=policy)]
"""


class Served:
    """A running ``eventyard serve``."""

    def __init__(self, errors: Path, *arguments: str) -> None:
        self._errors = errors
        with errors.open("w") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "eventyard", "serve", "--host", "127.0.0.1", "--port", "0", *arguments],
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )
        assert self.process.stdout is not None
        self.output = self.process.stdout
        self._first = self.output.readline()
        self.url = self._first.rpartition(" ")[2].strip()

    def errors(self) -> str:
        """What it has written to standard error so far."""
        return self._errors.read_text()

    def end(self, number: int = signal.SIGINT) -> tuple[int, str, str]:
        """Send a signal; gives the exit code and what was written."""
        self.process.send_signal(number)
        code = self.process.wait(timeout=30)
        return code, self._first + self.output.read(), self.errors()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Runs ``eventyard serve``, and makes sure that it ends."""
    started: list[Served] = []

    def start(*arguments: str) -> Served:
        started.append(Served(tmp_path / f"stderr-{len(started)}", *arguments))
        return started[-1]

    yield start
    for served in started:
        served.process.kill()
        served.process.wait(timeout=30)
        served.output.close()


def health(url: str) -> dict[str, Any]:
    """What the server at ``url`` says of itself."""
    with contextlib.closing(http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)) as connection:
        connection.request("GET", "/health")
        answer: dict[str, Any] = json.loads(connection.getresponse().read())
    return answer


def test_it_tells_its_address_plugins_and_namespaces(serve: Serve, install: Install) -> None:
    install("garden", GARDEN)
    served = serve("--only", "garden")
    assert health(served.url)["pid"] == served.process.pid
    code, out, _ = served.end()
    assert code == 0
    assert out == (f"Eventyard {__version__} runs at {served.url}\nPlugins     garden 1.2\nNamespaces  /garden\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(serve: Serve, number: signal.Signals) -> None:
    served = serve()
    code, _, err = served.end(number)
    assert code == 0
    assert err.endswith("Stopping; a second Ctrl-C ends it at once.\n")
    assert "Traceback" not in err


def test_a_second_signal_ends_it_at_once(serve: Serve, install: Install) -> None:
    """A sink that never lets go keeps the server from stopping; nobody has to wait for it."""
    install(
        "stuck",
        GARDEN
        + """
    @hookimpl
    def emit(self, event, route):
        import time
        print("stuck", flush=True)
        time.sleep(1000)
""",
    )
    served = serve("--only", "stuck")
    body = json.dumps({"type": "watered", "source": "/test", "data": {}})
    with contextlib.closing(http.client.HTTPConnection(served.url.removeprefix("http://"), timeout=10)) as connection:
        connection.request("POST", "/v1/events", body, {"Content-Type": "application/json"})
        assert "stuck\n" in iter(served.output.readline, "")
        served.process.send_signal(signal.SIGINT)
        while "Stopping" not in served.errors():
            time.sleep(0.01)
        code, _, _ = served.end()
    assert code == 128 + signal.SIGINT


def test_settings_come_from_options(serve: Serve, tmp_path: Path) -> None:
    file = tmp_path / "yard.yaml"
    file.write_text("socketio:\n  log_level: INFO\n")
    served = serve("--config", str(file), "--set", "log_level=DEBUG", "--set", "loop=asyncio")
    code, _, err = served.end()
    assert code == 0
    assert " DEBUG " in err


def test_a_quarantined_plugin_is_told_loudly_and_the_others_go_on(serve: Serve, install: Install) -> None:
    install("garden", GARDEN)
    install("broken", "import no_such_module")
    served = serve("--only", "garden,broken")
    assert health(served.url)["status"] == "degraded"
    code, out, err = served.end()
    assert code == 0
    assert "Plugins     garden 1.2\n" in out
    assert "QUARANTINED broken (acme-broken 1.2): ModuleNotFoundError: No module named 'no_such_module'\n" in err


def test_a_required_plugin_that_fails_ends_it(cli: Cli, install: Install) -> None:
    install("broken", "import no_such_module")
    result = cli("serve", "--require", "broken", "--port", "0")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: required plugin 'broken' of acme-broken 1.2 cannot be used")


def test_a_required_plugin_whose_handler_cannot_be_made_ends_it_with_one_line(cli: Cli, install: Install) -> None:
    """Though it is the server that needs the handler, and not the list of plugins."""
    source = "from eventyard import Namespace, Plugin, hookimpl\n"
    source += "class Board(Namespace):\n    name = '/board'\n    def __init__(self):\n        raise ValueError('no')\n"
    source += "class It(Plugin):\n    @hookimpl\n    def namespaces(self):\n        return [Board]\n"
    install("board", source)
    result = cli("serve", "--require", "board", "--port", "0")
    told = "its handler of /board, Board, cannot be made: ValueError: no"
    assert result.exit_code == 2
    assert result.stderr == f"Error: required plugin 'board' of acme-board 1.2 cannot be used: {told}\n"


def test_two_owners_of_a_type_end_it_with_both_names(cli: Cli, install: Install) -> None:
    install("garden", GARDEN)
    install("park", GARDEN)
    result = cli("serve", "--port", "0")
    assert result.exit_code == 2
    assert "acme-garden 1.2" in result.stderr
    assert "acme-park 1.2" in result.stderr


def test_a_port_that_an_eventyard_has_is_told_with_its_process(serve: Serve, cli: Cli) -> None:
    served = serve()
    port = served.url.rpartition(":")[2]
    result = cli("serve", "--host", "127.0.0.1", "--port", port)
    assert result.exit_code == 2
    assert result.stderr == (
        f"Error: port {port} of 127.0.0.1 is taken by an Eventyard {__version__} that runs already "
        f"(process {served.process.pid}); --port takes another, 0 any free one\n"
    )


def test_a_port_that_another_program_has_is_told_with_its_process(cli: Cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = cli("serve", "--host", "127.0.0.1", "--port", str(port))
    assert result.exit_code == 2
    assert f"port {port} of 127.0.0.1 is taken by " in result.stderr
    assert f"(process {os.getpid()})" in result.stderr or "another program" in result.stderr


def test_an_address_beyond_this_machine_needs_a_token(cli: Cli) -> None:
    result = cli("serve", "--env", "production", "--port", "0")
    assert result.exit_code == 2
    assert "needs a token" in result.stderr


def test_a_loop_that_is_not_installed_is_told(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)
    result = cli("serve", "--set", "loop=uvloop", "--port", "0")
    assert result.exit_code == 2
    assert result.stderr == (
        "Error: loop is set to uvloop, which is not installed; eventyard[fast] brings it where it exists\n"
    )


def test_the_settings_for_claude_code_are_ready_to_paste(serve: Serve, install: Install) -> None:
    pytest.importorskip("eventyard_claude_code")
    served = serve("--set", "token=geheim")
    code, out, err = served.end()
    if "claude_code" not in out.splitlines()[1]:
        pytest.skip("the plugin claude_code is importable, but not installed")
    assert code == 0
    block = json.loads(out[out.index("{") :])
    assert f"{served.url}/v1/hooks/claude-code" in json.dumps(block["hooks"]["PreToolUse"])
    assert "geheim" not in out + err


INTRODUCING = """
from eventyard import Plugin, hookimpl

class It(Plugin):
    @hookimpl
    def introduce(self, url, needs_token):
        {body}
"""


def test_each_plugin_may_tell_how_it_is_connected(serve: Serve, install: Install) -> None:
    """With the address that programs of this machine can use, and without the token."""
    install("shell", INTRODUCING.format(body='return f"To connect {url}: {needs_token}"'))
    served = serve("--only", "shell", "--set", "token=a-token-of-sixteen")
    _, output, _ = served.end()
    assert f"\nTo connect {served.url}: True\n" in output
    assert "a-token" not in output


@pytest.mark.parametrize(
    ("body", "told"),
    [("raise OSError('no shell')", "OSError: no shell"), ("return 5", "introduce gave int, expected str or None")],
)
def test_a_plugin_that_fails_to_tell_costs_nobody_else_a_word(
    serve: Serve, install: Install, body: str, told: str
) -> None:
    install("shell", INTRODUCING.format(body=body))
    install("watch", INTRODUCING.format(body="return 'Watch this'"))
    code, output, errors = serve("--only", "shell,watch").end()
    assert (code, "Watch this" in output) == (0, True)
    assert told in errors
