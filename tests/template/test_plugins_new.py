"""``eventyard plugins new``: what it asks, what it refuses, what it makes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from eventyard.cli import main
from eventyard_plugin_template import TEMPLATE

Render = Callable[..., Path]


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the command runs in."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def new(*arguments: str) -> Result:
    """Run the command where there is no terminal."""
    return CliRunner().invoke(main, ["plugins", "new", *arguments], prog_name="eventyard")


def contents(folder: Path) -> dict[str, bytes]:
    """The files of a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_makes_a_distribution_and_says_what_comes_next(empty_folder: Path) -> None:
    result = new("deploy", "--type", "deployment", "--says", "a version was deployed")
    assert result.exit_code == 0, result.output
    assert result.stdout == (
        "eventyard-deploy has a plugin that works. Next, in an environment of your own:\n"
        "    cd eventyard-deploy\n"
        "    pip install --editable . --group test\n"
        "    pytest\n"
    )
    readme = (empty_folder / "eventyard-deploy" / "README.md").read_text("utf-8")
    assert "| `deployment` | a version was deployed | **`name`**, " in readme
    assert "goes to the Socket.IO namespace `/deploy`" in readme


def test_it_is_what_copier_makes_of_the_folder_in_the_repository(empty_folder: Path, render: Render) -> None:
    new("deploy", "--enrich", "--emit")
    assert contents(empty_folder / "eventyard-deploy") == contents(render(enrich=True, emit=True))


def test_json_has_the_files(empty_folder: Path) -> None:
    told = json.loads(new("deploy", "--json", "--into", "here").stdout)
    assert told == {"folder": "here", "files": sorted(contents(empty_folder / "here"))}


def test_it_does_not_say_where_the_template_lies(empty_folder: Path) -> None:
    """Folders of the author's machine are nobody's business."""
    new("deploy")
    assert not any(str(TEMPLATE).encode() in content for content in contents(empty_folder).values())


def test_hooks_are_there_when_asked_for(empty_folder: Path) -> None:
    for options in ([], ["--enrich"], ["--emit"]):
        new("deploy", *options, "--into", "-".join(["made", *options]))
    hooks = {
        folder.name: [hook for hook in ("enrich", "emit") if f"def {hook}(" in file.read_text("utf-8")]
        for folder in empty_folder.iterdir()
        for file in folder.glob("src/*/plugin.py")
    }
    assert hooks == {"made": [], "made---enrich": ["enrich"], "made---emit": ["emit"]}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["Deploy"], "name: expected at most 30 lower-case letters, digits and single underscores, beginning with a "),
        (["my-plugin"], "name: expected at most 30 lower-case letters"),
        (["deploy\n"], "name: expected at most 30 lower-case letters"),
        (["a" * 31], "name: expected at most 30 lower-case letters"),
        (["tool"], "name: there is an eventyard-tool in the box already."),
        (["schemas"], "name: there is an eventyard-schemas in the box already."),
        (["deploy", "--type", "Deployment"], "event_type: expected at most 40 lower-case letters, digits and "),
        (["deploy", "--type", "ready"], "event_type: the live protocol uses this name itself."),
        (["deploy", "--type", "tool_start"], "event_type: a plugin in the box owns this type already."),
        (["deploy", "--says", "A version was deployed."], "says: expected at most 60 letters, digits, blanks and "),
        (["deploy", "--says", 'a "version"'], "says: expected at most 60 letters"),
        (["deploy", "--namespace", "deployments"], "namespace: expected / and at most 39 lower-case letters, digits, "),
        (["deploy", "--namespace", "/tools"], "namespace: this namespace has a handler already."),
        (["deploy", "--namespace", "/ingest"], "namespace: this namespace has a handler already."),
    ],
)
def test_an_answer_that_cannot_be_used_is_told_and_nothing_is_made(
    empty_folder: Path, arguments: list[str], told: str
) -> None:
    result = new(*arguments)
    assert result.exit_code == 2
    assert told in result.stderr
    assert list(empty_folder.rglob("*.py")) == []


def test_a_folder_that_has_something_in_it_is_left_alone(empty_folder: Path) -> None:
    folder = empty_folder / "eventyard-deploy"
    folder.mkdir()
    (folder / "README.md").write_text("mine")
    result = new("deploy")
    assert result.exit_code == 2
    assert "eventyard-deploy exists already; name another folder with --into." in result.stderr
    assert contents(folder) == {"README.md": b"mine"}


def test_without_copier_it_says_what_to_install() -> None:
    program = "import sys; sys.modules['copier'] = None; from eventyard.cli import main; main()"
    command = [sys.executable, "-c", program, "plugins", "new", "deploy"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "needs copier, which is not installed: pip install 'eventyard[template]'" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are a thing of Unix")
def test_on_a_terminal_it_asks_for_what_the_options_do_not_say(empty_folder: Path) -> None:
    import pty

    own, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "eventyard", "plugins", "new", "deploy", "--says", "a version was deployed", "--emit"],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env={**os.environ, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"},
    )
    os.close(terminal)
    written = b""
    answers = {b"The event type": b"\x15deployment\r", b"The Socket.IO namespace": b"\r", b"(the hook enrich)": b"y"}
    try:
        while chunk := os.read(own, 65536):
            written += chunk
            for question in [question for question in answers if question in written]:
                os.write(own, answers.pop(question))
    except OSError:
        # Linux tells the end of a pseudo-terminal with EIO.
        pass
    finally:
        os.close(own)
        process.wait(timeout=30)
    assert process.returncode == 0, written.decode()
    assert b"What such an event says" not in written
    source = (empty_folder / "eventyard-deploy" / "src" / "eventyard_deploy" / "plugin.py").read_text("utf-8")
    assert 'name="deployment"' in source
    assert "def enrich(" in source
