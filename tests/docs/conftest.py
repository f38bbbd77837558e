"""Documentation that is read as a person reads it: from top to bottom, doing what it says.

A page's fenced blocks are taken by their language:

- ``sh``, ``python`` and ``javascript`` are programs. They run one after the other in one folder that is empty at first,
  with a server at the address that the page names, ``localhost:8765``.
- ``text`` is what the program before it prints; ``…`` stands for anything.
- ``json``, ``toml`` and ``yaml`` are data and must parse.
- A block of any kind under a line that is nothing but a file's name in backticks is written to that file.
- ``mermaid`` is a picture.

A comment ``<!-- not run: why -->`` before a block exempts it, ``<!-- exits with 1 -->`` names another exit code than 0,
and ``<!-- runs on -->`` leaves a program running until the end of the page.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from eventyard import Server, Settings

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "SECURITY.md", *ROOT.glob("docs/**/*.md"))
    # The examples are distributions with tests of their own.
    if path.name != "README.md" or path.parent == ROOT
)

PROGRAMS = {
    "sh": ["bash", "-eu"],
    "python": ["python"],
    "javascript": ["node"],
}
SUFFIXES = {"sh": ".sh", "python": ".py", "javascript": ".mjs"}
PARSERS: Mapping[str, Any] = {"json": json.loads, "toml": tomllib.loads, "yaml": yaml.safe_load}

# How long a program may take, and how long one that runs on may take to print what the page says, in seconds.
PATIENCE = 40

_FENCE = re.compile(
    r"^(?:<!-- (?P<mark>[^>]*) -->\n)?```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_FILE_NAME = re.compile(r"`(?P<name>[\w./-]+)`")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: its language, text, first line, the comment before it, and the file it is to be."""

    language: str
    text: str
    line: int
    mark: str
    file: str | None


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    text = (ROOT / page).read_text("utf-8")
    found = []
    for match in _FENCE.finditer(text):
        before = text[: match.start()].rstrip().rpartition("\n")[2]
        name = _FILE_NAME.fullmatch(before)
        line = text.count("\n", 0, match.start("text")) + 1
        found.append(Block(match["language"], match["text"], line, match["mark"] or "", name["name"] if name else None))
    return found


class Untrue(AssertionError):
    """A page says something that is not so."""


class Program:
    """A program that was started, with its output in a file."""

    def __init__(self, command: list[str], folder: Path, output: Path, environment: Mapping[str, str]) -> None:
        self._output = output
        with output.open("wb") as stream:
            # In a session of its own: what the shell started ends with it.
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        """What it has printed so far."""
        return self._output.read_text("utf-8")

    def wait(self, code: int) -> None:
        """Wait until it ends with the exit code ``code``."""
        try:
            ended_with = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise Untrue(f"it does not end; it printed:\n{self.output}") from None
        if ended_with != code:
            raise Untrue(f"it ends with {ended_with}, not with {code}; it printed:\n{self.output}")

    def wait_until_it_printed(self, expected: str) -> None:
        """Wait until all that it printed is ``expected``, where ``…`` stands for anything; or fail with both."""
        pattern = re.compile(".*".join(re.escape(part) for part in expected.strip().split("…")), re.DOTALL)
        deadline = time.monotonic() + PATIENCE
        while not pattern.fullmatch(self.output.strip()):
            if self.process.poll() is not None or time.monotonic() > deadline:
                # It may have printed its last lines between the two looks.
                if not pattern.fullmatch(self.output.strip()):
                    raise Untrue(f"expected:\n{expected}\nprinted:\n{self.output}")
                return
            time.sleep(0.02)

    def end(self) -> None:
        """Stop it, if it runs still."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(PATIENCE)


class Reader:
    """Does what pages say."""

    def __init__(self, folder: Path, environment: Mapping[str, str], port: int) -> None:
        """Work in ``folder``, with a server at ``port``."""
        self.environment = dict(environment)
        self._folder = folder
        self._port = port
        self._started: list[Program] = []

    def read(self, page: str, *, javascript: bool = False) -> None:
        """Do what ``page`` says; programs in JavaScript only where ``javascript`` says so."""
        left_out = False
        for block in blocks(page):
            # What a program would print that is left out is left out with it.
            left_out = left_out if block.language == "text" else block.language == "javascript" and not javascript
            if left_out or block.mark.startswith("not run:"):
                continue
            try:
                self._take(block)
            except Untrue as error:
                raise Untrue(f"{page}:{block.line}: {error}") from None

    def close(self) -> None:
        """Stop what runs on."""
        for program in reversed(self._started):
            program.end()

    def _take(self, block: Block) -> None:
        text = block.text.replace("8765", str(self._port))
        if block.language in PARSERS:
            PARSERS[block.language](text)
        if block.file is not None:
            target = self._folder / block.file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
        elif block.language in PROGRAMS:
            self._run(block, text)
        elif block.language == "text":
            self._started[-1].wait_until_it_printed(text)
        elif block.language not in {*PARSERS, "mermaid"}:
            raise Untrue(f"nobody reads a block in the language {block.language!r}")

    def _run(self, block: Block, text: str) -> None:
        name = f"line{block.line}"
        script = self._folder / (name + SUFFIXES[block.language])
        script.write_text(text, "utf-8")
        is_server = "eventyard serve" in text
        port = "0" if is_server else str(self._port)
        program = Program(
            [*PROGRAMS[block.language], script.name],
            self._folder,
            self._folder / f"{name}.output",
            self.environment | {"SOCKETIO_PORT": port},
        )
        self._started.append(program)
        if block.mark != "runs on":
            program.wait(int(block.mark.removeprefix("exits with ") or 0))
        elif is_server:
            program.wait_until_it_printed("…Eventyard … runs at http://localhost:…\n…")
            self._port = int(re.findall(r"http://localhost:(\d+)", program.output)[0])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes ``page`` for all pages, and one that takes ``page_with_javascript`` for those with any."""
    if "page" in metafunc.fixturenames:
        metafunc.parametrize("page", PAGES)
    if "page_with_javascript" in metafunc.fixturenames:
        found = [page for page in PAGES if any(block.language == "javascript" for block in blocks(page))]
        metafunc.parametrize("page_with_javascript", found)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Environment variables without any of Eventyard's, with the programs of this Python first, and no one's home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SOCKETIO_", "EVENTYARD_"))}
    home = tmp_path / "home"
    home.mkdir()
    return kept | {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local"),
        "NO_COLOR": "1",
        # It warns of a setting that a reader without it has no need to make.
        "PYTEST_ADDOPTS": "-p no:asyncio",
        # Runs of pytest clear up after each other, and stumble over what others remove meanwhile.
        "PYTEST_DEBUG_TEMPROOT": str(home),
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
        "PYTHONUNBUFFERED": "1",
    }


@pytest.fixture
def reader(tmp_path: Path, environment: dict[str, str]) -> Iterator[Reader]:
    """A reader with an empty folder and a running server."""
    folder = tmp_path / "folder"
    folder.mkdir()
    with Server(Settings().with_changes(port=0, data_dir=str(tmp_path / "data"))) as server:
        port = int(server.url.rpartition(":")[2])
        with closing(Reader(folder, environment, port)) as reader:
            yield reader


@pytest.fixture
def reader_of() -> Any:
    """Make a reader for a page that starts a server itself: ``reader_of(folder, environment)``."""
    return lambda folder, environment: Reader(folder, environment, 8765)


@pytest.fixture
def block_texts() -> Any:
    """Give the texts of a page's blocks in a language: ``block_texts("docs/index.md", "mermaid")``."""

    def texts(page: str, language: str) -> list[str]:
        return [block.text for block in blocks(page) if block.language == language]

    return texts


@pytest.fixture
def page_text() -> Any:
    """Give the text of a page: ``page_text("docs/index.md")``."""
    return lambda page: (ROOT / page).read_text("utf-8")


@pytest.fixture
def page_tables() -> Any:
    """Give the rows of all tables of a page, headings left out: ``page_tables("README.md")``."""

    def rows(page: str) -> list[list[str]]:
        lines = (ROOT / page).read_text("utf-8").splitlines()
        found = []
        for line, following in zip(lines, [*lines[1:], ""], strict=True):
            if (
                line.startswith("|")
                and not re.fullmatch(r"[|\s:-]+", line)
                and not re.fullmatch(r"\|[|\s:-]+", following)
            ):
                found.append([cell.strip() for cell in line.strip("| ").split(" | ")])
        return found

    return rows
