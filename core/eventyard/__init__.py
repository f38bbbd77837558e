"""Eventyard: see live what coding agents do, miss nothing, and build on it.

Everything here is the public interface. It is imported on first use, because the command line must answer in
milliseconds while Socket.IO alone takes 0.2 s to import.
"""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from eventyard.errors import EventyardError, MalformedBody
    from eventyard.events import (
        BufferMode,
        BufferPolicy,
        EarlierVersion,
        Event,
        EventType,
        Issue,
        Outcome,
        Route,
        Status,
        elapsed_ms,
        moment,
        timestamp,
    )
    from eventyard.hooks import Finding, Plugin, hookimpl
    from eventyard.live import Namespace
    from eventyard.server import AsyncServer, Server, ServerProxy, get_server
    from eventyard.settings import Settings

__all__ = [
    "AsyncServer",
    "BufferMode",
    "BufferPolicy",
    "EarlierVersion",
    "Event",
    "EventType",
    "EventyardError",
    "Finding",
    "Issue",
    "MalformedBody",
    "Namespace",
    "Outcome",
    "Plugin",
    "Route",
    "Server",
    "ServerProxy",
    "Settings",
    "Status",
    "__version__",
    "elapsed_ms",
    "get_server",
    "hookimpl",
    "moment",
    "timestamp",
]

_HOMES = {
    "eventyard.errors": ("EventyardError", "MalformedBody"),
    "eventyard.events": (
        "BufferMode",
        "BufferPolicy",
        "EarlierVersion",
        "Event",
        "EventType",
        "Issue",
        "Outcome",
        "Route",
        "Status",
        "elapsed_ms",
        "moment",
        "timestamp",
    ),
    "eventyard.hooks": ("Finding", "Plugin", "hookimpl"),
    "eventyard.live": ("Namespace",),
    "eventyard.server": ("AsyncServer", "Server", "ServerProxy", "get_server"),
    "eventyard.settings": ("Settings",),
}


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    message = f"module 'eventyard' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return __all__
