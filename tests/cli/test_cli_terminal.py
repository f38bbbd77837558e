"""What the commands do on a terminal, and leave out elsewhere."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from eventyard.server import Server

pty = pytest.importorskip("pty", reason="pseudo-terminals are a thing of Unix")
Cli = Callable[..., Result]


def note(text: str) -> dict[str, Any]:
    """A ``note`` event."""
    return {"type": "note", "source": "/test", "data": {"text": text}}


def on_terminal(*arguments: str, **environment: str) -> str:
    """What ``eventyard`` writes to a terminal."""
    own, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "eventyard", *arguments],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env={**os.environ, "TERM": "xterm-256color", **environment},
    )
    os.close(terminal)
    written = b""
    try:
        while chunk := os.read(own, 65536):
            written += chunk
    except OSError:
        # Linux tells the end of a pseudo-terminal with EIO.
        pass
    finally:
        os.close(own)
        process.wait(timeout=30)
    return written.decode()


@pytest.fixture
def events(tmp_path: Path) -> Path:
    """A file with events that takes several requests, with one that is refused."""
    file = tmp_path / "events.ndjson"
    wrong = {"type": "nothing", "source": "/test", "data": {}}
    file.write_text("".join(json.dumps(event) + "\n" for event in [*[note("a")] * 700, wrong]))
    return file


@pytest.mark.usefixtures("url")
def test_a_file_has_a_progress_bar_on_a_terminal(events: Path) -> None:
    written = on_terminal("emit", str(events))
    assert "Sending  [" in written
    assert "100%" in written
    assert f"\x1b[K{events}:701: /type: " in written
    assert written.endswith("700 accepted, 0 duplicate, 1 rejected\r\n")


@pytest.mark.usefixtures("url")
def test_there_is_no_progress_bar_elsewhere(cli: Cli, events: Path) -> None:
    assert "Sending" not in cli("emit", str(events)).output


@pytest.mark.usefixtures("url")
def test_tail_has_colours_on_a_terminal_only(cli: Cli, server: Server) -> None:
    server.publish(note("a"))
    arguments = ["tail", "notes", "--from", "earliest", "-n", "1"]
    assert "\x1b[" in on_terminal(*arguments)
    assert "\x1b[" not in on_terminal(*arguments, NO_COLOR="1")
    assert "\x1b[" not in cli(*arguments).output


def test_retrying_many_dead_letters_has_a_progress_bar(server: Server, url: str) -> None:
    server.publish(*({"type": "nothing", "source": "/test", "data": {}} for _ in range(120)))
    written = on_terminal("dead-letters", "retry", "--all", "--url", url)
    assert "Retrying  [" in written
    assert "100%" in written
    assert written.endswith("0 accepted, 0 duplicate, 120 rejected\r\n")


def test_lines_of_dead_letters_are_as_wide_as_the_terminal(cli: Cli, server: Server, url: str) -> None:
    """Elsewhere they are whole."""
    server.publish({"type": "xyzzy", "source": "/test", "data": {}})
    *_, row = on_terminal("dead-letters", "list", "--url", url, COLUMNS="80").splitlines()
    assert (len(row), row[-1]) == (80, "…")
    assert cli("dead-letters", "list").stdout.endswith("no installed plugin owns this event type\n")


@pytest.mark.usefixtures("url")
def test_the_bar_of_an_export_comes_to_its_end(server: Server, tmp_path: Path) -> None:
    """Also when the last events are such as nobody has chosen."""
    server.publish(*[note("a")] * 10)
    assert "100%" in on_terminal("export", str(tmp_path / "x"), "--session", "s1")
