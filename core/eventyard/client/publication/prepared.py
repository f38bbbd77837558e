"""Events on their way to a server."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eventyard.client.errors import InvalidEvent
from eventyard.events import timestamp, uuid7

__all__ = ["Prepared"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """An event as it is sent: with an identity, by which a server knows an event that it has had.

    Attributes:
        event: The envelope, complete.
        body: The same as JSON without line breaks.
    """

    event: Mapping[str, Any]
    body: bytes

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> "Prepared":
        """Fill in what an event lacks of ``id`` and ``time``, and write it as JSON.

        Raises:
            InvalidEvent: It is no object, or holds what JSON does not have.
        """
        if not isinstance(event, Mapping):
            message = f"an event is an object, this is of type {type(event).__name__}"
            raise InvalidEvent(message)
        whole = dict(event)
        # To the server, null is as good as absent: it would make up another one with each attempt.
        if whole.get("id") is None:
            whole["id"] = uuid7()
        if whole.get("time") is None:
            whole["time"] = timestamp()
        try:
            return cls(whole, _encoded(whole))
        except (RecursionError, TypeError, ValueError) as error:
            why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
            message = f"the event cannot be written as JSON: {why}"
            raise InvalidEvent(message) from error


def _encoded(event: Mapping[str, Any]) -> bytes:
    text = json.dumps(event, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain)
    try:
        return text.encode()
    except UnicodeEncodeError:
        # Half a surrogate pair: the server says where it is.
        return json.dumps(event, separators=(",", ":"), allow_nan=False, default=_plain).encode()


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    message = f"a value of type {type(value).__name__} is no JSON"
    raise TypeError(message)
