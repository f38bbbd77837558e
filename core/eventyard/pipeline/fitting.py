"""Foreign bodies made fit: nothing of a hook call is lost for what programs disagree about in JSON.

Who posts events is told what is wrong with them and can mend it; an agent that calls a hook cannot, and does not even
look at the answer. So what the guards would refuse is written as text in its place.
"""

import json
from math import isfinite
from typing import Any, Final

from eventyard.errors import MalformedBody
from eventyard.pipeline.guards import MOST_EXACT, Limits, guard
from eventyard.pipeline.reading import read

__all__ = ["ROOM", "read_foreign"]

#: So many levels deeper than in the body, plugins may put a part of it into an event.
ROOM: Final = 8


def read_foreign(raw: bytes, limits: Limits) -> Any:
    """Read a foreign body that is JSON, also such as only some programs take for JSON.

    Whole numbers beyond ±(2^53 - 1), NaN and infinities become text. So does, as JSON, what lies so deep that an event
    could not hold it. Half surrogate pairs and bytes that are no UTF-8 become U+FFFD.

    Raises:
        MalformedBody: It is no JSON.
    """
    fitting = Limits(limits.max_depth - ROOM, limits.max_nodes)
    try:
        value, guarded = read(raw, fitting)
    except MalformedBody as error:
        value, guarded = _read_leniently(raw, error), False
    if guarded or not guard(value, fitting):
        return value
    return _fitted(value, fitting.max_depth)


def _read_leniently(raw: bytes, objection: MalformedBody) -> Any:
    try:
        return json.loads(raw.decode("utf-8-sig", errors="replace"))
    except (RecursionError, ValueError):
        raise objection from None


def _fitted(value: Any, levels: int) -> Any:
    match value:
        case str():
            return _whole(value)
        case dict() | list() if not levels:
            return _whole(json.dumps(value, ensure_ascii=False))
        case dict():
            return {_whole(name): _fitted(each, levels - 1) for name, each in value.items()}
        case list():
            return [_fitted(each, levels - 1) for each in value]
        case bool():
            return value
        case int() if not -MOST_EXACT <= value <= MOST_EXACT:
            return str(value)
        case float() if not isfinite(value):
            return json.dumps(value)
    return value


def _whole(text: str) -> str:
    """``text`` with U+FFFD in the place of half surrogate pairs."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
