"""A plugin whose namespace mixes what the bundled ones keep apart: events that are kept, that never are, and rooms."""

from collections.abc import Iterable

from eventyard import BufferPolicy, Event, EventType, Namespace, Plugin, Route, hookimpl

__all__ = ["SESSIONS", "SIGNAL", "STREAM", "TYPES", "Board"]

STREAM = "board"
SIGNAL = "signal"
TYPES = ("note", "memo", SIGNAL)
SESSIONS = ("s1", "s2", "s3")


class BoardNamespace(Namespace):
    name = f"/{STREAM}"

    async def on_watch(self, sid: str, room: str) -> None:
        await self.enter_room(sid, room)


class Board(Plugin):
    """``note`` and ``memo`` are journaled, ``signal`` is always sent; a ``room`` in the data routes to that room."""

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

    @hookimpl
    def namespaces(self) -> Iterable[type[Namespace]]:
        return [BoardNamespace]

    @hookimpl
    def route(self, event: Event) -> Route:
        room = event.data.get("room")
        return Route(f"/{STREAM}", frozenset({room} if room else ()))
