"""What clients are told when they join: the state of a namespace."""

from collections.abc import Mapping
from typing import Any

import orjson

from eventyard.delivery import Stream
from eventyard.live.handlers import Handlers
from eventyard.plugins.calls import contained

__all__ = ["Snapshots"]


class Snapshots:
    """Asks the namespace handlers for their state."""

    def __init__(self, handlers: Handlers, streams: Mapping[str, Stream]) -> None:
        """Ask ``handlers``; what is not journaled is in the ``streams``, by name."""
        self._calls = handlers.snapshots
        self._streams = streams

    def of(self, namespace: str) -> orjson.Fragment:
        """The state of ``namespace`` as JSON, with the last of each event that is not journaled under ``latest``."""
        call = self._calls[namespace]
        latest = self._streams[namespace[1:]].latest
        state: dict[str, Any] = {}
        if latest:
            state["latest"] = {name: orjson.Fragment(body) for name, body in latest.items()}
        try:
            given = call.function()
            if not isinstance(given, Mapping):
                raise TypeError(f"snapshot gave {type(given).__name__}, expected a dict")
            state.update(given)
            # Encoded here: what orjson cannot write must be the plugin's failure, not the client's.
            encoded = orjson.dumps(state)
        except contained() as error:
            call.failed(error)
            return orjson.Fragment(b"{}")
        call.succeeded()
        return orjson.Fragment(encoded)
