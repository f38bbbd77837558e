"""What came, and whether it is what was sent."""

from collections.abc import Callable
from typing import Any

import orjson

__all__ = ["Arrivals", "Unwrap"]

#: Gives the event in what a client is sent, by name and argument; ``None`` when there is none.
Unwrap = Callable[[str, Any], dict[str, Any] | None]


class Arrivals:
    """The events that one client is sent, in order.

    Every message is parsed, and checked as far as one client can see.

    Attributes:
        numbers: The numbers of the events, in the order of their arrival.
        messages: How many messages brought them.
        problems: What is not as it must be; at most a few of them.
    """

    def __init__(self, unwrap: Unwrap | None = None) -> None:
        """Expect events as they were sent, or in a wrapping that ``unwrap`` takes off."""
        self.numbers: list[int] = []
        self.messages = 0
        self.problems: list[str] = []
        self._sequences: dict[str, int] = {}
        self._unwrap = unwrap

    def take(self, message: bytes) -> None:
        """Take the text of an Engine.IO message."""
        if message[:2] != b"42":
            self._note(f"an unexpected message: {message[:80]!r}")
            return
        begin = message.index(b"[")
        name, body = orjson.loads(message[begin:])
        namespace = message[2:begin].decode()
        self.messages += 1
        if self._unwrap is not None:
            event = self._unwrap(name, body)
            if event is not None:
                self._take_event(namespace, event)
        elif name == "events":
            self._take_batch(namespace, body)
        elif name in {"gap", "drain"}:
            self._note(f"the server sent {name} {body}")
        else:
            self._take_event(namespace, body)
            if name != body["type"]:
                self._note(f"an event of type {body['type']} came as {name}")

    def _take_batch(self, namespace: str, batch: dict[str, Any]) -> None:
        known = self._sequences.get(namespace)
        if known is not None and batch["previous"] != known:
            self._note(f"a batch follows {batch['previous']}, the last offset was {known}")
        for event in batch["events"]:
            self._take_event(namespace, event)
        if self._sequences.get(namespace, batch["offset"]) != batch["offset"]:
            self._note(f"a batch ends at {batch['offset']}, its last event is at {self._sequences[namespace]}")

    def _take_event(self, namespace: str, event: dict[str, Any]) -> None:
        sequence = event.get("sequence")
        if sequence is not None:
            offset = int(sequence)
            expected = self._sequences.get(namespace, offset - 1) + 1
            if offset != expected:
                self._note(f"offset {offset} came, expected {expected}")
            self._sequences[namespace] = offset
        identity = event["id"]
        # Others are the server's own.
        if identity.startswith("event-"):
            self.numbers.append(int(identity[6:]))

    def _note(self, problem: str) -> None:
        if len(self.problems) < 10:
            self.problems.append(problem)
