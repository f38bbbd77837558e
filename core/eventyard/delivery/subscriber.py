"""One client in one namespace."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from eventyard.delivery.connection import Connection
from eventyard.delivery.state import NEXT, ConnectionState
from eventyard.delivery.view import View
from eventyard.delivery.window import Window
from eventyard.journal import Record

if TYPE_CHECKING:
    from eventyard.delivery.stream import Stream

__all__ = ["StateListener", "Subscriber"]

# Such events say how things are (a heartbeat, a state), so the latest are worth the most.
_MOST_WITHHELD: Final = 100

#: Told of a change of state: the subscriber, the state before, and why it changed.
StateListener = Callable[["Subscriber", ConnectionState | None, str | None], None]


class Subscriber:
    """One client in one namespace.

    Attributes:
        sid: Socket.IO id of the client in the namespace.
        connection: Its connection.
        stream: The stream of the namespace.
        view: What it wants to see.
        window: How much it takes without acknowledging; ``None`` when it does not say.
        sent: The last offset that a message to it named, which the next message follows.
        cursor: While it is not live: the offset that it was given last.
        acknowledged: The offset that it said it has; ``None`` when it never did.
        withheld: Events without an offset that passed while it was catching up.
        missed: How many of those there was no room for.
        fresh_after: Offset up to which events that other clients have had are left out; ``None`` with a cursor.
        syncing: The task that gives it what it missed, while there is one.
        closing_reason: Why the server closed it, if it did.
    """

    __slots__ = (
        "_listener",
        "_state",
        "acknowledged",
        "closing_reason",
        "connection",
        "cursor",
        "fresh_after",
        "missed",
        "sent",
        "sid",
        "stream",
        "syncing",
        "view",
        "window",
        "withheld",
    )

    def __init__(
        self,
        sid: str,
        connection: Connection,
        stream: "Stream",
        view: View,
        *,
        window: int | None,
        listener: StateListener,
    ) -> None:
        """A client that asks to join.

        Args:
            sid: Its Socket.IO id.
            connection: Its connection.
            stream: The stream of the namespace.
            view: What it wants to see.
            window: How many events it takes without acknowledging them; ``None`` for any number.
            listener: Told of all its changes of state, this one included.
        """
        self.sid = sid
        self.connection = connection
        self.stream = stream
        self.view = view
        self.window = None if window is None else Window(window)
        self.cursor = 0
        self.sent = 0
        self.fresh_after: int | None = None
        self.acknowledged: int | None = None
        self.withheld: deque[Record] = deque()
        self.missed = 0
        self.closing_reason: str | None = None
        self.syncing: asyncio.Task[None] | None = None
        self._listener = listener
        self._state = ConnectionState.CONNECTING
        listener(self, None, None)

    @property
    def state(self) -> ConnectionState:
        """Where the client stands."""
        return self._state

    @property
    def reached(self) -> int:
        """The offset up to which it was given what is for it."""
        return self.stream.position if self.stream.is_live(self) else self.cursor

    def begin(self, after: int, fresh_after: int | None) -> None:
        """Let it start behind the offset ``after``, with nothing acknowledged."""
        self.cursor = self.sent = after
        self.fresh_after = fresh_after
        self.acknowledged = None
        if self.window is not None:
            self.window.restart()

    def acknowledge(self, offset: int) -> None:
        """Take note that it has all up to ``offset``; less than it said before changes nothing."""
        self.acknowledged = max(offset, self.acknowledged or 0)
        if self.window is not None:
            self.window.acknowledge(offset)

    def withhold(self, records: Sequence[Record]) -> None:
        """Keep events without an offset until the client has caught up; the oldest make room."""
        self.withheld.extend(records)
        while len(self.withheld) > _MOST_WITHHELD:
            self.withheld.popleft()
            self.missed += 1
        if self.window is not None:
            self.window.wake()

    def may_become(self, state: ConnectionState) -> bool:
        """Whether ``state`` may follow the current one."""
        return state in NEXT[self._state]

    def change(self, state: ConnectionState, reason: str | None = None) -> None:
        """Move to ``state`` and tell the listener.

        Raises:
            RuntimeError: ``state`` may not follow the current one; a defect, never a client's doing.
        """
        if not self.may_become(state):
            message = f"client {self.sid} in {self.stream.namespace}: {state} may not follow {self._state}"
            raise RuntimeError(message)
        previous, self._state = self._state, state
        self._listener(self, previous, reason)

    def to_json(self) -> dict[str, object]:
        """The subscriber as a JSON object for ``GET /connections``; ``lag`` counts events."""
        reached = self.reached
        return {
            "client": self.sid,
            "state": self._state.value,
            "batch": self.view.batch,
            "offset": reached,
            "acknowledged": self.acknowledged,
            "window": None if self.window is None else self.window.to_json(),
            "lag": self.stream.position - reached,
        }
