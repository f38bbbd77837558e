"""``get_server()``: one server for a machine, whoever asks first."""

import threading
from typing import Any

from eventyard.errors import AddressInUse
from eventyard.server.proxy import ServerProxy, probe
from eventyard.server.server import Server
from eventyard.settings import Settings, load_settings

__all__ = ["get_server"]

_lock = threading.Lock()

# The servers that this process started, by host and port: what get_server() documents.
_running: dict[tuple[str, int], Server] = {}


def get_server(**settings: Any) -> Server | ServerProxy:
    """A running server: the one of this process, else a proxy of the one that runs at the address, else a new one.

    Safe to call from several threads at once: one server is started, and all callers get it. While the one of this
    process stops, wait until that is done.

    Args:
        settings: Settings that go before those of files and the environment, as ``port=8765``; groups as
            mappings, as ``delivery={"stall_timeout": 10}``.

    Returns:
        Both kinds publish events and can be stopped; stopping a proxy leaves the server alone.

    Raises:
        AddressInUse: Another program than an Eventyard server listens at the address.
        EventyardError: A setting or a required plugin is wrong.
    """
    loaded = load_settings(arguments=settings).settings
    address = (loaded.host, loaded.port)
    with _lock:
        known = _running.get(address)
        if known is not None and known.running:
            return known
        if known is not None:
            # Somebody may just be stopping it: until that is done, it has the address and the data directory.
            del _running[address]
            known.stop()
        if loaded.port and probe(*address):
            return _proxy(loaded)
        try:
            started = Server(loaded)
        except AddressInUse:
            # Another process may have been faster between the probe and the start.
            if probe(*address):
                return _proxy(loaded)
            raise
        _running[address] = started
        return started


def _proxy(settings: Settings) -> ServerProxy:
    name = f"[{settings.host}]" if ":" in settings.host else settings.host
    return ServerProxy(f"http://{name}:{settings.port}", settings.token)
