"""The event type: what a plugin declares about the events it owns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from eventyard.events.buffer_policy import BufferPolicy
from eventyard.events.earlier_version import EarlierVersion

__all__ = ["EventType"]


@dataclass(frozen=True, kw_only=True)
class EventType:
    """What a plugin declares about one type of event that it owns.

    Attributes:
        name: The type's name, ``[a-z][a-z0-9_]*`` with dots between parts; at the same time the Socket.IO event name
            under which clients receive it.
        schema: JSON Schema (draft 2020-12) of the event's ``data``: a file that the plugin's package ships, or the
            schema itself. Its ``$id`` ends in ``<name>/<major>.<minor>.<patch>``.
        namespace: The Socket.IO namespace, and so the stream, that its events go to.
        policy: What happens to its events with and without clients, and how many are kept.
        description: One sentence for people; taken from the schema's ``description`` when empty.
        examples: Examples of ``data``; taken from the schema's ``examples`` when empty.
        earlier: Older versions of ``schema`` whose events are taken too, in any order.
    """

    name: str
    schema: Traversable | Mapping[str, Any]
    namespace: str
    policy: BufferPolicy
    description: str = ""
    examples: Sequence[Mapping[str, Any]] = ()
    earlier: Sequence[EarlierVersion] = ()
