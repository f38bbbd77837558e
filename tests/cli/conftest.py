"""What the command line's tests have in common: a runner that sees no configuration of this machine, and a server."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from eventyard import BufferPolicy, EventType, Plugin, hookimpl
from eventyard.cli import main
from eventyard.server import Server
from eventyard.settings import Settings

NOTE_SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:eventyard:note/1.0.0",
    "title": "note",
    "description": "Somebody noted something.",
    "type": "object",
    "properties": {"text": {"title": "Text", "description": "What was noted.", "type": "string", "maxLength": 100}},
    "required": ["text"],
    "examples": [{"text": "a"}, {"text": "b"}],
}


class NotePlugin(Plugin):
    """Owns ``note`` on ``/notes`` and ``pulse``, which is never kept, on ``/pulses``."""

    @hookimpl
    def event_types(self) -> list[EventType]:
        pulse = {**NOTE_SCHEMA, "$id": "urn:eventyard:pulse/1.0.0"}
        return [
            EventType(
                name="note", schema=NOTE_SCHEMA, namespace="/notes", policy=BufferPolicy.buffer_if_no_clients(1000)
            ),
            EventType(name="pulse", schema=pulse, namespace="/pulses", policy=BufferPolicy.always_send()),
        ]


@pytest.fixture(autouse=True)
def clean_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment without Eventyard's variables, with an empty configuration directory."""
    for name in os.environ:
        if name.startswith(("SOCKETIO_", "EVENTYARD_")):
            monkeypatch.delenv(name)
    monkeypatch.setattr("platformdirs.user_config_path", lambda *_, **__: tmp_path / "user-config")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "user-config"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    return dict(os.environ)


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Install a plugin, given the name of its entry point and the source of its module, which has a class ``It``.

    ``direct_url`` is what an installer notes of one that comes from no index.
    """

    def install(name: str, source: str, direct_url: Mapping[str, Any] | None = None) -> None:
        place = tmp_path / f"dist-{name}"
        information = place / f"acme_{name}-1.2.dist-info"
        information.mkdir(parents=True)
        (place / f"acme_{name}.py").write_text(source)
        (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: acme-{name}\nVersion: 1.2\n")
        (information / "entry_points.txt").write_text(f"[eventyard.plugins]\n{name} = acme_{name}:It\n")
        if direct_url is not None:
            (information / "direct_url.json").write_text(json.dumps(direct_url))
        monkeypatch.syspath_prepend(place)
        monkeypatch.setenv("PYTHONPATH", f"{place}{os.pathsep}{os.environ['PYTHONPATH']}")

    yield install
    for module in [module for module in sys.modules if module.startswith("acme_")]:
        del sys.modules[module]


@pytest.fixture
def cli() -> Callable[..., Result]:
    """The command ``eventyard`` in this process: its arguments, and perhaps ``stdin``."""

    def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
        result = CliRunner().invoke(main, arguments, input=stdin, prog_name="eventyard")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def note_plugin() -> Plugin:
    """A plugin that owns ``note`` and ``pulse``."""
    return NotePlugin()


@pytest.fixture
def server(note_plugin: Plugin) -> Iterator[Server]:
    """A running server with :class:`NotePlugin`, found by the commands without an option."""
    with Server(Settings().with_changes(host="127.0.0.1", port=0), {"note": note_plugin}) as running:
        yield running


@pytest.fixture
def url(server: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """The server's address, which is also set as the one that commands take."""
    monkeypatch.setenv("SOCKETIO_PORT", server.url.rpartition(":")[2])
    return server.url


@pytest.fixture
def guarded(note_plugin: Plugin) -> Iterator[Server]:
    """A running server that asks for the token ``secret``."""
    with Server(Settings().with_changes(host="127.0.0.1", port=0, token="secret"), {"note": note_plugin}) as running:
        yield running
