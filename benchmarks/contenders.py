"""The servers that are compared: how each is started, and how it is spoken to."""

import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

__all__ = [
    "CLAUDE_MPM",
    "CONTENDERS",
    "EVENTYARD",
    "INGEST_FLOOR",
    "NODE",
    "NULL",
    "PYTHON_SOCKETIO",
    "Contender",
    "Installation",
]

_PEERS: Final = Path(__file__).parent / "peers"


@dataclass(frozen=True, kw_only=True)
class Installation:
    """Where the programs are.

    Attributes:
        python: The interpreter that Eventyard is installed for.
        node_modules: The folder with the packages of the Node peer; ``None`` where there are none.
        claude_mpm: The interpreter that claude-mpm is installed for; ``None`` where there is none.
        settings: What Eventyard is to be set to besides what a scenario needs.
    """

    python: str = sys.executable
    node_modules: Path | None = None
    claude_mpm: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Contender:
    """A server that can be measured.

    Attributes:
        name: As it stands in the names of cases.
        title: As it stands in texts.
        script: Its program in ``peers/``; ``None`` for Eventyard.
        greeting: The Socket.IO event that tells a client that it is in; ``None`` where joining is all.
        path: Where events are posted.
        takes_arrays: Whether several events can be posted at once.
        speaks_batches: Whether clients can ask for several events in a message.
        namespace: The one namespace that it has; ``None`` when it has those of Eventyard.
        wrap: Makes of an event what is posted instead of it; ``None`` when that is the event.
        unwrap: Gives the event in what a client is sent, by name and argument, and ``None`` when it is none of those
            that were posted.
    """

    name: str
    title: str
    script: str | None
    greeting: str | None = None
    path: str = "/v1/events"
    takes_arrays: bool = True
    speaks_batches: bool = False
    namespace: str | None = None
    wrap: Callable[[bytes], bytes] | None = None
    unwrap: Callable[[str, Any], dict[str, Any] | None] | None = None

    def join(self, *namespaces: str, auth: Any = None) -> Mapping[str, Any]:
        """What to join to be sent the events of ``namespaces``: namespaces with the ``auth`` for each."""
        return dict.fromkeys(namespaces if self.namespace is None else (self.namespace,), auth)

    def command(self, folder: Path, installation: Installation, settings: Mapping[str, object]) -> Sequence[str]:
        """What starts it at any free port, with its state in ``folder``; ``settings`` concern Eventyard alone."""
        if self.script is None:
            merged = {**settings, **installation.settings}
            options = [part for key, value in merged.items() for part in ("--set", f"{key}={value}")]
            data = str(folder / "data")
            return [installation.python, "-m", "eventyard", "serve", "--port", "0", "--data-dir", data, *options]
        script = str(_PEERS / self.script)
        if self is NODE:
            return ["node", script, str(installation.node_modules)]
        return [installation.claude_mpm or "" if self is CLAUDE_MPM else sys.executable, script]

    def missing(self, installation: Installation) -> str | None:
        """Why it cannot be measured here; ``None`` when it can."""
        if self is CLAUDE_MPM and installation.claude_mpm is None:
            return "BENCHMARK_CLAUDE_MPM names no Python that claude-mpm is installed for"
        if self is NODE:
            if shutil.which("node") is None:
                return "there is no node"
            folder = installation.node_modules
            if folder is None or not (folder / "node_modules" / "socket.io").is_dir():
                return "socket.io for Node is not installed; nox -s bench does it, or BENCHMARK_NODE names the folder"
        return None


def _wrapped(event: bytes) -> bytes:
    """A post as claude-mpm's own hook handler makes it."""
    return (
        b'{"namespace":"","event":"claude_event","data":{"event":"mpm_event","source":"hook","type":"hook",'
        b'"subtype":"pre_tool","timestamp":"2026-11-28T09:30:00.123456+00:00","data":%s}}' % event
    )


def _unwrapped(name: str, body: Any) -> dict[str, Any] | None:
    return body["data"] if name == "tool_event" else None


EVENTYARD: Final = Contender(name="eventyard", title="Eventyard", script=None, greeting="ready", speaks_batches=True)
PYTHON_SOCKETIO: Final = Contender(
    name="python-socketio", title="python-socketio (orjson, uvloop)", script="socketio_server.py"
)
NODE: Final = Contender(name="node", title="socket.io on Node.js", script="socketio_server.mjs")
CLAUDE_MPM: Final = Contender(
    name="claude-mpm",
    title="claude-mpm",
    script="claude_mpm_server.py",
    greeting="welcome",
    path="/api/events",
    takes_arrays=False,
    namespace="/",
    wrap=_wrapped,
    unwrap=_unwrapped,
)
INGEST_FLOOR: Final = Contender(name="aiohttp", title="aiohttp handler (orjson, uvloop)", script="ingest_server.py")
NULL: Final = Contender(
    name="null", title="load generator's own limit (null server)", script="null_server.py", speaks_batches=True
)

#: All of them.
CONTENDERS: Final = (EVENTYARD, PYTHON_SOCKETIO, NODE, CLAUDE_MPM, INGEST_FLOOR, NULL)
