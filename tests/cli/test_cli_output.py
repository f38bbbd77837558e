"""Output that cannot be written, and standard streams that are closed."""

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from eventyard.server import Server

pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full device is a thing of Linux")
Cli = Callable[..., Result]

NOTE = {"type": "note", "source": "/test", "data": {"text": "a"}}


def run(*arguments: str, after: str) -> subprocess.CompletedProcess[str]:
    """``eventyard``, started by a shell that redirects its streams as ``after`` says."""
    script = f'exec "$0" -m eventyard "$@" {after}'
    command = ["sh", "-c", script, sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, check=False, text=True, timeout=60)


@pytest.fixture
def noted(server: Server) -> None:
    """A note is kept."""
    server.publish(NOTE)


@pytest.mark.usefixtures("url", "noted")
@pytest.mark.parametrize(
    "command",
    [
        "--help",
        "config show",
        "schema docs",
        "dead-letters list",
        "export",
        'emit --type note --data {"text":"b"}',
        "tail notes --from earliest -n 1",
        "serve --port 0",
    ],
)
@pytest.mark.parametrize("buffered", [True, False])
def test_a_full_standard_output_is_told_in_one_line(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, buffered: bool
) -> None:
    monkeypatch.setenv("SOCKETIO_DATA_DIR", str(tmp_path / "other"))
    monkeypatch.setenv("PYTHONUNBUFFERED", "" if buffered else "1")
    result = run(*command.split(), after="> /dev/full")
    *_, last = result.stderr.splitlines()
    assert (result.returncode, last) == (1, "Error: standard output: No space left on device")
    assert "Traceback" not in result.stderr


@pytest.mark.usefixtures("url", "noted")
def test_a_full_file_is_told_by_name(cli: Cli) -> None:
    result = cli("export", "/dev/full")
    assert (result.exit_code, result.stderr) == (1, "Error: /dev/full: No space left on device\n")


@pytest.mark.usefixtures("url", "noted")
def test_a_file_that_cannot_be_there_is_wrong_usage(cli: Cli) -> None:
    result = cli("export", "/no/such/folder/x")
    assert result.exit_code == 2
    assert "/no/such/folder/x" in result.stderr


def test_a_plugin_that_cannot_be_made_there_is_told_by_name() -> None:
    pytest.importorskip("copier")
    result = run("plugins", "new", "weather", "--into", "/proc/x", "--defaults", after="")
    assert (result.returncode, result.stderr) == (1, "Error: /proc/x: No such file or directory\n")


@pytest.mark.usefixtures("url", "noted")
@pytest.mark.parametrize("closed", [">&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("command", ["tail notes --from earliest -n 1", "config show", "export"])
def test_with_closed_streams_a_command_does_its_work(command: str, closed: str) -> None:
    result = run(*command.split(), after=closed)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("closed", [">&-", "<&-", "<&- >&- 2>&-"])
def test_with_closed_streams_a_server_runs(tmp_path: Path, closed: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = f'exec "$0" -m eventyard serve --host 127.0.0.1 --port {port} --data-dir {tmp_path} {closed}'
    server = subprocess.Popen(["sh", "-c", script, sys.executable])
    answered = False
    while not answered and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            answered = True
        time.sleep(0.05)
    server.terminate()
    assert (answered, server.wait(timeout=30)) == (True, 0)
