"""The plugin: which event types there are, and who handles their namespace."""

from collections.abc import Iterable
from importlib.resources import files

from eventyard import BufferPolicy, EventType, Namespace, Plugin, hookimpl

from eventyard_system.namespace import SystemNamespace
from eventyard_system.settings import SCHEMA

__all__ = ["SystemPlugin"]

SCHEMAS = files("eventyard_system") / "schemas"


class SystemPlugin(Plugin):
    """Who is connected to the server, and how the server is."""

    config_schema = SCHEMA

    @hookimpl
    def event_types(self) -> Iterable[EventType]:
        """Neither type is journaled: an old heartbeat is no news."""
        return [
            EventType(
                name=name,
                schema=SCHEMAS / name / "1.0.0.json",
                namespace=SystemNamespace.name,
                policy=BufferPolicy.always_send(),
            )
            for name in ("connection_status", "heartbeat")
        ]

    @hookimpl
    def namespaces(self) -> Iterable[type[Namespace]]:
        """The handler of ``/system``."""
        return [SystemNamespace]
