"""Connections and the server's own health, on the namespace ``/system``."""

from eventyard_system.namespace import SystemNamespace
from eventyard_system.plugin import SystemPlugin

__all__ = ["SystemNamespace", "SystemPlugin"]
