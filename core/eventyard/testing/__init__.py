"""What tests of plugins are made of: the conformance of a plugin, and the fixtures of the pytest plugin.

pytest loads this package in every environment with Eventyard, so that it imports nothing until it is used.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eventyard.testing.client import Client, Connect
    from eventyard.testing.frozen_clock import FrozenClock
    from eventyard.testing.http_client import HttpClient, Response
    from eventyard.testing.plugin_conformance import PluginConformance
    from eventyard.testing.servers import StartServer

__all__ = ["Client", "Connect", "FrozenClock", "HttpClient", "PluginConformance", "Response", "StartServer"]

if find_spec("pytest") is None:
    _message = "eventyard.testing needs pytest, which is not installed: pip install 'eventyard[testing]'"
    raise ModuleNotFoundError(_message, name="pytest")

_HOMES = {
    "eventyard.testing.client": ("Client", "Connect"),
    "eventyard.testing.frozen_clock": ("FrozenClock",),
    "eventyard.testing.http_client": ("HttpClient", "Response"),
    "eventyard.testing.plugin_conformance": ("PluginConformance",),
    "eventyard.testing.servers": ("StartServer",),
}


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    message = f"module 'eventyard.testing' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return __all__
