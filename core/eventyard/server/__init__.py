"""The server, put together from all parts: on an event loop, in a thread, or in another process."""

from eventyard.server.async_server import AsyncServer
from eventyard.server.proxy import ServerProxy, is_health, probe
from eventyard.server.server import Server
from eventyard.server.shared import get_server

__all__ = ["AsyncServer", "Server", "ServerProxy", "get_server", "is_health", "probe"]
