"""Where two JSON values differ."""

from typing import Any, Final

import orjson

from eventyard.schemas.pointer import json_pointer

__all__ = ["difference", "told"]

#: How much of a value is told.
_SHOWN: Final = 200


def difference(one: Any, other: Any, path: tuple[str | int, ...] = ()) -> str | None:
    """The first place where two JSON values differ, with what stands there in both; ``None`` when they are equal."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in (*one, *(name for name in other if name not in one)):
            if name not in one or name not in other:
                missing, there = ("first", other[name]) if name not in one else ("second", one[name])
                return f"at {json_pointer((*path, name))} the {missing} has nothing, instead of {told(there)}"
            if found := difference(one[name], other[name], (*path, name)):
                return found
        return None
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return next(filter(None, (difference(*pair, (*path, index)) for index, pair in pairs)), None)
    if one == other and type(one) is type(other):
        return None
    return f"at {json_pointer(path) or 'the root'} the first is {told(one)}, the second {told(other)}"


def told(value: Any) -> str:
    """``value`` as the JSON that people are told, its beginning if it is long."""
    text = orjson.dumps(value, default=repr).decode()
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
