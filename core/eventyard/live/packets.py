"""How python-socketio writes and reads JSON here."""

from typing import Any

import orjson
from socketio.packet import Packet

__all__ = ["Json", "TextPacket"]


class Json:
    """orjson under the interface that python-socketio expects of a JSON module."""

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        """``value`` as JSON; python-socketio asks for separators, orjson always writes the compact form."""
        return orjson.dumps(value).decode()

    @staticmethod
    def loads(text: str | bytes, **_: Any) -> Any:
        """The value of a JSON text."""
        return orjson.loads(text)


class TextPacket(Packet):  # type: ignore[misc]  # python-socketio has no types
    """A packet whose payload is never searched for binary values: events are JSON.

    The search costs 108 µs for 16 events of 0.5 kB, five times as much as everything else.
    """

    uses_binary_events = False
