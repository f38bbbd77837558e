"""Servers for tests, with the plugins that a test asks for."""

from pathlib import Path
from typing import Any

from eventyard.conformance import Candidate, Evidence
from eventyard.plugins import HookFault, discover
from eventyard.server import Server
from eventyard.settings import Settings

__all__ = ["StartServer"]


class StartServer:
    """Starts servers.

    Attributes:
        failures: The calls of plugins that failed, each in a sentence; a test that provokes one takes it out.
    """

    def __init__(self, folder: Path) -> None:
        """Give servers that keep anything a place in ``folder``."""
        self.failures: list[str] = []
        self._folder = folder
        self._servers: list[Server] = []

    def __call__(self, *plugins: Any, **settings: Any) -> Server:
        """Start a server, at a free port and with its journal in memory.

        Args:
            plugins: The only plugins that it has: names of installed ones, or classes or objects of others.
            settings: Settings, as in :meth:`Settings.with_changes`.

        Raises:
            EventyardError: A plugin cannot be used, or a setting is wrong.
        """
        objects: dict[str, Any] = {}
        wanted: list[str] = []
        for plugin in plugins:
            found = None if isinstance(plugin, str) else Candidate.of(plugin, Evidence())
            if found is None or found.create is None:
                wanted.append(plugin if found is None else found.name)
            else:
                objects[found.name] = found.create()
        selection = {
            "disable": [installed.name for installed, _ in discover() if installed.name not in wanted],
            "required": wanted,
        }
        folder = self._folder / f"eventyard-{len(self._servers)}"
        base = Settings().with_changes(
            port=0, data_dir=str(folder), journal={"durability": "memory"}, plugins=selection
        )
        server = Server(base.with_changes(**settings), objects)
        self._servers.append(server)
        server.plugins.on_fault(self._note)
        return server

    def stop(self) -> None:
        """Stop all servers, the last one first."""
        for server in reversed(self._servers):
            server.stop()

    def _note(self, fault: HookFault) -> None:
        event = "" if fault.event is None else f" for a {fault.event.type}"
        self.failures.append(
            f"{fault.hook} of the plugin {fault.plugin.name} failed{event}: {type(fault.error).__name__}: {fault.error}"
        )
