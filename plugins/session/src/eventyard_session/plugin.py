"""The plugin: which event types there are, and who handles their namespace."""

from collections.abc import Iterable
from importlib.resources import files

from eventyard import BufferPolicy, EventType, Namespace, Plugin, hookimpl

from eventyard_session.namespace import SessionNamespace
from eventyard_session.settings import SCHEMA

__all__ = ["SessionPlugin"]

SCHEMAS = files("eventyard_session") / "schemas"


class SessionPlugin(Plugin):
    """Which agent sessions work, wait, are idle or have ended."""

    config_schema = SCHEMA

    @hookimpl
    def event_types(self) -> Iterable[EventType]:
        """All types are kept until a client has had them."""
        return [
            EventType(
                name=name,
                schema=SCHEMAS / name / "1.0.0.json",
                namespace=SessionNamespace.name,
                policy=BufferPolicy.buffer_if_no_clients(),
            )
            for name in (
                "session_start",
                "session_end",
                "user_prompt",
                "turn_end",
                "notification",
                "permission_request",
                "hook_event",
            )
        ]

    @hookimpl
    def namespaces(self) -> Iterable[type[Namespace]]:
        """The handler of ``/sessions``."""
        return [SessionNamespace]
