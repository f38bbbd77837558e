"""The starts of tool calls, remembered until their stops come."""

from collections import OrderedDict
from typing import TypeAlias

from eventyard import Event

from eventyard_tool.call import CallKey, call_key

__all__ = ["Start", "Starts"]


#: What a stop can be told about its start: its ``id`` and its ``time``.
Start: TypeAlias = tuple[str, str]


class Starts:
    """The starts of tool calls; the least recently used is forgotten first.

    An event may be seen more than once, in any order, and also when it is a duplicate that goes no further: therefore
    the first start of a call stays the one, and a stop leaves its start where it is.
    """

    def __init__(self, limit: int) -> None:
        """Remember at most ``limit`` starts."""
        self._limit = limit
        self._starts: OrderedDict[CallKey, Start] = OrderedDict()

    def __len__(self) -> int:
        return len(self._starts)

    def remember(self, event: Event) -> None:
        """Remember a ``tool_start``, if any stop can refer to it."""
        if event.correlationid is None:
            return
        key = call_key(event)
        if key in self._starts:
            self._starts.move_to_end(key)
            return
        self._starts[key] = (event.id, event.time)
        if len(self._starts) > self._limit:
            self._starts.popitem(last=False)

    def find(self, event: Event) -> Start | None:
        """The start of the call that ``event``, a ``tool_stop``, ends."""
        return self._starts.get(call_key(event))
