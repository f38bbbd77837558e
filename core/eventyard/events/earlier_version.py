"""The earlier version: what a plugin declares about an older schema whose events it still takes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any, TypeAlias

__all__ = ["EarlierVersion", "Upcaster"]

#: Makes of ``data`` of one version data of the next one. It is given a copy, which it may change and give back.
Upcaster: TypeAlias = Callable[[dict[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class EarlierVersion:
    """What a plugin declares about an older version of an event type, whose events it still takes.

    Attributes:
        schema: JSON Schema of the version's ``data``, as in :class:`EventType`.
        upcast: Makes of the version's ``data`` that of the next newer version that is listed; a plain function. The
            last version of a major needs one. Within a major, data of an older version is data of a newer one, so
            that it may be left out.
        examples: Examples of ``data``; taken from the schema's ``examples`` when empty. There must be one: when the
            plugin is registered, the way to the current version is tried on them.
    """

    schema: Traversable | Mapping[str, Any]
    upcast: Upcaster | None = None
    examples: Sequence[Mapping[str, Any]] = ()
