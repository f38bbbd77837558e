"""The plugin: which event types there are, who handles their namespace, and what is added to events."""

import re
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any, Final

from eventyard import BufferPolicy, Event, EventType, Namespace, Plugin, hookimpl

from eventyard_file.namespace import FileNamespace
from eventyard_file.settings import SCHEMA

__all__ = ["FilePlugin"]

SCHEMAS = files("eventyard_file") / "schemas"

#: The paths that can stand in an envelope: CloudEvents 1.0 §3.1 allows no control characters in attributes.
_SUBJECT: Final = re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,256}")


class FilePlugin(Plugin):
    """What agents do to files."""

    config_schema = SCHEMA

    @hookimpl
    def event_types(self) -> Iterable[EventType]:
        """Operations are many, and stale when nobody was there to see them: then they are dropped."""
        return [
            EventType(
                name="file_operation",
                schema=SCHEMAS / "file_operation" / "1.0.0.json",
                namespace=FileNamespace.name,
                policy=BufferPolicy.drop_if_no_clients(500),
            )
        ]

    @hookimpl
    def namespaces(self) -> Iterable[type[Namespace]]:
        """The handler of ``/files``."""
        return [FileNamespace]

    @hookimpl
    def enrich(self, event: Event) -> Mapping[str, Any] | None:
        """Add the path as ``subject``, if it can stand there."""
        path = event.data["path"]
        if event.subject is None and _SUBJECT.fullmatch(path):
            return {"subject": path}
        return None
