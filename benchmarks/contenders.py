"""The servers that are compared: how each is started, and how it is spoken to."""

import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

__all__ = ["CONTENDERS", "EVENTYARD", "INGEST_FLOOR", "NODE", "NULL", "PYTHON_SOCKETIO", "Contender", "Installation"]

_PEERS: Final = Path(__file__).parent / "peers"


@dataclass(frozen=True, kw_only=True)
class Installation:
    """Where the programs are.

    Attributes:
        python: The interpreter that Eventyard is installed for.
        node_modules: The folder with the packages of the Node peer; ``None`` where there are none.
        settings: What Eventyard is to be set to besides what a scenario needs.
    """

    python: str = sys.executable
    node_modules: Path | None = None
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Contender:
    """A server that can be measured.

    Attributes:
        name: As it stands in the names of cases.
        title: As it stands in texts.
        script: Its program in ``peers/``; ``None`` for Eventyard.
        greeting: The Socket.IO event that tells a client that it is in; ``None`` where joining is all.
        speaks_batches: Whether clients can ask for several events in a message.
    """

    name: str
    title: str
    script: str | None
    greeting: str | None = None
    speaks_batches: bool = False

    def command(self, folder: Path, installation: Installation, settings: Mapping[str, object]) -> Sequence[str]:
        """What starts it at any free port, with its state in ``folder``; ``settings`` concern Eventyard alone."""
        if self.script is None:
            merged = {**settings, **installation.settings}
            options = [part for key, value in merged.items() for part in ("--set", f"{key}={value}")]
            data = str(folder / "data")
            return [installation.python, "-m", "eventyard", "serve", "--port", "0", "--data-dir", data, *options]
        if self.script.endswith(".mjs"):
            return ["node", str(_PEERS / self.script), str(installation.node_modules)]
        return [sys.executable, str(_PEERS / self.script)]

    def missing(self, installation: Installation) -> str | None:
        """Why it cannot be measured here; ``None`` when it can."""
        if self.script is None or not self.script.endswith(".mjs"):
            return None
        if shutil.which("node") is None:
            return "there is no node"
        folder = installation.node_modules
        if folder is None or not (folder / "node_modules" / "socket.io").is_dir():
            return "socket.io for Node is not installed; nox -s bench does it, or BENCHMARK_NODE names the folder"
        return None


EVENTYARD: Final = Contender(name="eventyard", title="Eventyard", script=None, greeting="ready", speaks_batches=True)
PYTHON_SOCKETIO: Final = Contender(
    name="python-socketio", title="python-socketio (orjson, uvloop)", script="socketio_server.py"
)
NODE: Final = Contender(name="node", title="socket.io on Node.js", script="socketio_server.mjs")
INGEST_FLOOR: Final = Contender(name="aiohttp", title="aiohttp handler (orjson, uvloop)", script="ingest_server.py")
NULL: Final = Contender(
    name="null", title="load generator's own limit (null server)", script="null_server.py", speaks_batches=True
)

#: All of them.
CONTENDERS: Final = (EVENTYARD, PYTHON_SOCKETIO, NODE, INGEST_FLOOR, NULL)
