"""A subscriber on an event loop."""

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from eventyard.client.choice import names_in
from eventyard.client.server_url import server_url
from eventyard.client.subscription.bookmark import Bookmark
from eventyard.client.subscription.cursor import Cursor
from eventyard.client.subscription.follower import Follower
from eventyard.client.subscription.inbox import Inbox
from eventyard.client.subscription.messages import Gap, Lost, Message, Ready, Received, State
from eventyard.client.subscription.tracker import Step, Tracker

__all__ = ["Subscriber"]

log = logging.getLogger(__name__)

Start = Literal["earliest", "latest"] | Cursor | Mapping[str, Cursor] | None


class Subscriber:
    """Gives the events of one or more namespaces, each once and in order, and says what it could not give.

    ::

        async with Subscriber("http://localhost:8765", "/tools") as events:
            async for event in events:
                print(event.type, event.data)

    It connects again by itself and goes on where it was. Iterating gives events alone; gaps go to ``on_gap``, in their
    place between the events. :meth:`messages` gives both, and the state of the connection too.

    An event counts as dealt with when the next one is asked for, or when the block ends without an exception. That is
    what :attr:`cursors` and the cursor file say: whoever begins anew there gets the event again that an exception or
    a crash came in between, and no event twice else.
    """

    def __init__(
        self,
        url: str,
        *namespaces: str,
        types: Sequence[str] = (),
        sessions: Sequence[str] = (),
        token: str | None = None,
        resume: Start = None,
        cursor_file: Path | str | None = None,
        window: int | None = None,
        patience: float = math.inf,
        on_gap: Callable[[Gap], None] | None = None,
    ) -> None:
        """Make a subscriber; it connects when its block is entered.

        Args:
            url: Base URL of the server.
            namespaces: What to follow; the slash may be left out.
            types: Only events of these types, or of this one; empty for all.
            sessions: Only events of these sessions, or of this one; empty for all.
            token: The server's token, where it asks for one.
            resume: Where to begin: ``earliest`` with all that is kept, ``latest`` with nothing of the past, behind a
                cursor (for several namespaces, one for each), or ``None`` with what the buffer policies give.
            cursor_file: Where cursors are kept; those in it go before ``resume``.
            window: How many events the server may send beyond those that were dealt with; ``None`` leaves it to TCP.
            patience: Seconds in a row that the server may be away before :class:`Unreachable` is raised.
            on_gap: Told of events that were missed, in their place between the others; what it raises comes out of the
                iteration. Without it they are logged as warnings.

        Raises:
            Unreachable: ``url`` is no URL of a server.
            ValueError: There is no namespace, or one cursor for several.
        """
        self.url = server_url(url).geturl()
        names = tuple(dict.fromkeys(f"/{name.strip('/')}" for name in namespaces))
        if not names:
            message = "a subscriber needs a namespace to follow, such as /tools"
            raise ValueError(message)
        if window is not None and window < 1:
            message = f"window is {window}, expected a number of events above 0"
            raise ValueError(message)
        cursors = _cursors(names, resume)
        self._bookmark = Bookmark(cursors, None if cursor_file is None else Path(cursor_file), window)
        self._inbox = Inbox[Step]()
        self._trackers = {name: Tracker(name, cursors.get(name)) for name in names}
        wishes = {
            "token": token,
            "batch": True,
            "types": names_in(types) or None,
            "sessions": names_in(sessions) or None,
            "window": window,
            "resume": resume if isinstance(resume, str) else None,
        }
        self._follower = Follower(self.url, self._trackers, wishes, self._inbox, patience)
        self._on_gap = on_gap
        self._task: asyncio.Task[None] | None = None
        self._is_used = False

    @property
    def cursors(self) -> Mapping[str, Cursor]:
        """What was dealt with of each namespace; it is what ``resume`` takes."""
        return dict(self._bookmark.cursors)

    @property
    def ready(self) -> Mapping[str, Ready]:
        """How the server greeted us last in each namespace, with the snapshot of that moment."""
        return dict(self._follower.ready)

    async def __aenter__(self) -> Self:
        """Connect and join all namespaces.

        Raises:
            CursorFileError: The cursor file cannot be used.
            Refused: The server does not let us in.
            RuntimeError: It was used before.
            Unreachable: No server answers, for longer than ``patience``.
        """
        if self._is_used:
            message = "a subscriber is used once; its cursors are what another one goes on with"
            raise RuntimeError(message)
        self._is_used = True
        for name, cursor in self._bookmark.open().items():
            if name in self._trackers:
                self._trackers[name].cursor = cursor
        self._task = asyncio.create_task(self._follower.run(), name=f"subscriber of {self.url}")
        try:
            await self._follower.joined.wait()
            if self._inbox.failure is not None:
                raise self._inbox.failure
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._bookmark.turn()
        await self._end()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Received:
        """The next event.

        Raises:
            Refused: The server does not let us in again.
            Unreachable: No server answered for longer than ``patience``.
        """
        while True:
            message = await self.next_message()
            if isinstance(message, Received):
                return message
            self.tell(message)

    async def messages(self) -> AsyncIterator[Message]:
        """All that happens, in order: events, gaps, and when the connection is lost and namespaces are joined again.

        Raises:
            Refused: As for events alone.
            Unreachable: As for events alone.
        """
        while True:
            yield await self.next_message()

    async def next_message(self) -> Message:
        """The next of :meth:`messages`."""
        if self._task is None:
            message = "the subscriber is not connected; use it as `async with Subscriber(…) as events:`"
            raise RuntimeError(message)
        self._bookmark.turn()
        while True:
            if acknowledgements := self._bookmark.acknowledgements(idle=self._inbox.is_empty):
                await self._follower.acknowledge(acknowledgements)
            if self._bookmark.due_in() == 0:
                await self._bookmark.save()
            step = await self._inbox.get(self._bookmark.due_in())
            if step is not None:
                self._bookmark.hand_on(step)
                if step.message is not None:
                    return step.message
                self._bookmark.turn()

    async def call(self, namespace: str, name: str, argument: Any = None) -> Any:
        """Send a client event, such as ``acknowledge`` to ``/errors``, and wait for its acknowledgement.

        Raises:
            Unreachable: The connection is lost at the moment, or the server does not answer.
        """
        with self._inbox.unbounded():
            return await self._follower.call(namespace, name, argument)

    async def state(self, namespace: str) -> State:
        """The state of a namespace at this moment, to begin anew with after a gap.

        Raises:
            Unreachable: As for :meth:`call`.
        """
        return State(**await self.call(namespace, "get_state"))

    def tell(self, message: Message) -> None:
        """Tell of what is no event, as iterating over the events does."""
        if isinstance(message, Lost):
            log.warning("%s; connecting again", message.reason)
        elif isinstance(message, Gap):
            if self._on_gap is None:
                log.warning("%s", message)
            else:
                self._on_gap(message)

    async def _end(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None
        await self._bookmark.close()


def _cursors(names: Sequence[str], resume: Start) -> dict[str, Cursor]:
    if isinstance(resume, Cursor):
        if len(names) > 1:
            message = f"one cursor is for one namespace, and these are {', '.join(names)}; give a mapping of them"
            raise ValueError(message)
        return {names[0]: resume}
    if isinstance(resume, Mapping):
        return {f"/{name.strip('/')}": cursor for name, cursor in resume.items()}
    return {}
