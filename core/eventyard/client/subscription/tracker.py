"""Where a client is in one stream: each event once and in order, and no hole unseen."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from eventyard.client.errors import Refused
from eventyard.client.subscription.cursor import Cursor
from eventyard.client.subscription.messages import Gap, Message, Ready, Received

__all__ = ["Step", "Tracker"]

#: Version of the live protocol that is spoken here.
_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Step:
    """A step along a stream.

    Attributes:
        namespace: The namespace of the stream; empty for what is about the connection.
        message: What is to be told; ``None`` where the step passes events that are not for the client.
        cursor: Where the client is when it has dealt with the message; ``None`` when it is where it was.
    """

    namespace: str
    message: Message | None
    cursor: Cursor | None = None


class Tracker:
    """Where a client is in one stream, by the rules of the live protocol.

    Attributes:
        namespace: The namespace of the stream.
        cursor: What was received, which is ahead of what was dealt with; ``None`` before the stream was joined for the
            first time without one.
        joined: Whether the server has greeted us on the present connection.
        has_hole: Whether events are missing in what the server sends, so that it has to begin anew at ``cursor``.
    """

    def __init__(self, namespace: str, cursor: Cursor | None) -> None:
        """Begin behind ``cursor``, or where the server has us begin."""
        self.namespace = namespace
        self.cursor = cursor
        self.joined = False
        self.has_hole = False

    def disconnect(self) -> None:
        """Take note that the connection is gone."""
        self.joined = self.has_hole = False

    def take(self, name: str, body: Any) -> Iterator[Step]:
        """Take in what the server sends under ``name``; gives what follows from it.

        Raises:
            Refused: It is not the protocol that we know.
        """
        try:
            if name == "events":
                yield from self._events(body)
            elif name == "gap":
                yield self._gap(Gap(namespace=self.namespace, **{key: body[key] for key in _GAP_MEMBERS}))
            elif name == "ready":
                yield self._ready(body)
            elif isinstance(body, dict) and body.get("type") == name:
                # An event without a place in the stream comes under the name of its type.
                yield Step(self.namespace, Received(body, self.namespace))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            message = f"what the server sends as {name!r} in {self.namespace} is not of the live protocol: {error!r}"
            raise Refused(message) from error

    def _ready(self, body: dict[str, Any]) -> Step:
        if body["version"] != _VERSION:
            message = f"the server speaks version {body['version']} of the live protocol, and this client {_VERSION}"
            raise Refused(message)
        self.joined = True
        ready = Ready(
            namespace=self.namespace,
            epoch=body["epoch"],
            head=body["head"],
            oldest=body["oldest"],
            start=body["from"],
            recovered=body["recovered"],
            reason=body["reason"],
            snapshot=body["snapshot"],
        )
        # A cursor of another store stays until the gap is told, which would be silent if we were to stop here.
        if self.cursor is None:
            self.cursor = Cursor(ready.epoch, ready.start)
        return Step(self.namespace, ready, self.cursor)

    def _gap(self, gap: Gap) -> Step:
        here = self.cursor
        if gap.reason == "epoch_changed" or here is None or here.epoch != gap.epoch:
            # The offset may be an earlier one: the store was put back.
            self.cursor = Cursor(gap.epoch, gap.resume_at - 1)
        else:
            self.cursor = Cursor(gap.epoch, max(here.offset, gap.resume_at - 1))
        return Step(self.namespace, gap, self.cursor)

    def _events(self, batch: dict[str, Any]) -> Iterator[Step]:
        epoch, previous, through = batch["epoch"], batch["previous"], batch["offset"]
        here = self.cursor
        if here is None or epoch != here.epoch or previous > here.offset:
            self.has_hole = True
            return
        if through <= here.offset:
            return
        self.has_hole = False
        last = here.offset
        for body in batch["events"]:
            event = Received(body, self.namespace, replay=batch["replay"])
            if (offset := int(body["sequence"])) > last:
                last = offset
                self.cursor = Cursor(epoch, offset)
                yield Step(self.namespace, event, self.cursor)
        if through > last:
            self.cursor = Cursor(epoch, through)
            yield Step(self.namespace, None, self.cursor)


_GAP_MEMBERS: Final = ("epoch", "after", "resume_at", "reason", "count")
