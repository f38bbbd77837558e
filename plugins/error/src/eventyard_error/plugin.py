"""The plugin: which event types there are, and who handles their namespace."""

from collections.abc import Iterable
from importlib.resources import files

from eventyard import BufferPolicy, EventType, Namespace, Plugin, hookimpl

from eventyard_error.namespace import ErrorNamespace
from eventyard_error.settings import SCHEMA

__all__ = ["ErrorPlugin"]

SCHEMAS = files("eventyard_error") / "schemas"


class ErrorPlugin(Plugin):
    """What went wrong, until somebody acknowledges it."""

    config_schema = SCHEMA

    @hookimpl
    def event_types(self) -> Iterable[EventType]:
        """Both types are kept whoever listens, so that an error at night is still there in the morning."""
        return [
            EventType(
                name=name,
                schema=SCHEMAS / name / "1.0.0.json",
                namespace=ErrorNamespace.name,
                policy=BufferPolicy.always_buffer(10_000),
            )
            for name in ("error", "error_acknowledged")
        ]

    @hookimpl
    def namespaces(self) -> Iterable[type[Namespace]]:
        """The handler of ``/errors``."""
        return [ErrorNamespace]
