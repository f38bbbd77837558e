"""The plugin of the model: one namespace that mixes events that are kept with events that never are."""

from collections.abc import Iterable

from eventyard import BufferPolicy, EventType, Plugin, hookimpl

__all__ = ["KEPT", "SESSIONS", "SIGNAL", "STREAM", "TYPES", "Board"]

STREAM = "board"
SIGNAL = "signal"
KEPT = ("note", "memo")
TYPES = (*KEPT, SIGNAL)
SESSIONS = ("s1", "s2", "s3")


class Board(Plugin):
    """``note`` and ``memo`` are journaled, ``signal`` is always sent."""

    @hookimpl
    def event_types(self) -> Iterable[EventType]:
        for name in TYPES:
            schema = {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "$id": f"urn:eventyard:{name}/1.0.0",
                "title": name,
                "type": "object",
            }
            policy = BufferPolicy.always_send() if name == SIGNAL else BufferPolicy.buffer_if_no_clients()
            yield EventType(name=name, schema=schema, namespace=f"/{STREAM}", policy=policy)
