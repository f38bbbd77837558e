"""A subscriber for programs without an event loop."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from eventyard.client.loop_thread import LoopThread
from eventyard.client.subscription.cursor import Cursor
from eventyard.client.subscription.messages import Gap, Message, Ready, Received, State
from eventyard.client.subscription.subscriber import Start, Subscriber

__all__ = ["SyncSubscriber", "subscribe"]


class SyncSubscriber:
    """A :class:`Subscriber` as a plain context manager and iterator, with an event loop in a thread of its own.

    It belongs to one thread at a time. An interrupt (Ctrl-C) while it waits loses nothing: whoever goes on iterating
    gets the next event all the same.
    """

    def __init__(self, subscriber: Subscriber) -> None:
        """Wrap ``subscriber``, which nobody else may use."""
        self._subscriber = subscriber
        self._thread: LoopThread | None = None
        # The message that is waited for, which an interrupt may have come in between.
        self._awaited: Future[Message] | None = None

    @property
    def cursors(self) -> Mapping[str, Cursor]:
        """As :attr:`Subscriber.cursors`."""
        return self._subscriber.cursors

    @property
    def ready(self) -> Mapping[str, Ready]:
        """As :attr:`Subscriber.ready`."""
        return self._subscriber.ready

    def __enter__(self) -> Self:
        """Connect and join all namespaces.

        Raises:
            CursorFileError: The cursor file cannot be used.
            Refused: The server does not let us in.
            Unreachable: No server answers, for longer than ``patience``.
        """
        self._thread = LoopThread(f"subscriber of {self._subscriber.url}")
        try:
            self._thread.run(self._subscriber.__aenter__())
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._awaited is not None:
            # What was waited for may be there, but nobody has dealt with it.
            self._awaited.cancel()
            kind = kind or KeyboardInterrupt
        try:
            self._running.run(self._subscriber.__aexit__(kind, error, trace))
        finally:
            self._end()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Received:
        """As :meth:`Subscriber.__anext__`."""
        while True:
            message = self.next_message()
            if isinstance(message, Received):
                return message
            self._subscriber.tell(message)

    def messages(self) -> Iterator[Message]:
        """As :meth:`Subscriber.messages`."""
        while True:
            yield self.next_message()

    def next_message(self) -> Message:
        """As :meth:`Subscriber.next_message`."""
        if self._awaited is None:
            self._awaited = self._running.begin(self._subscriber.next_message())
        try:
            message = self._awaited.result()
        except Exception:
            self._awaited = None
            raise
        self._awaited = None
        return message

    def call(self, namespace: str, name: str, argument: Any = None) -> Any:
        """As :meth:`Subscriber.call`."""
        return self._running.run(self._subscriber.call(namespace, name, argument))

    def state(self, namespace: str) -> State:
        """As :meth:`Subscriber.state`."""
        return self._running.run(self._subscriber.state(namespace))

    @property
    def _running(self) -> LoopThread:
        if self._thread is None:
            message = "the subscriber is not connected; use it as `with subscribe(…) as events:`"
            raise RuntimeError(message)
        return self._thread

    def _end(self) -> None:
        self._awaited = None
        if self._thread is not None:
            self._thread.end()
            self._thread = None


def subscribe(
    url: str,
    *namespaces: str,
    types: Sequence[str] = (),
    sessions: Sequence[str] = (),
    token: str | None = None,
    resume: Start = None,
    cursor_file: Path | str | None = None,
    window: int | None = None,
    patience: float = float("inf"),
    on_gap: Callable[[Gap], None] | None = None,
) -> SyncSubscriber:
    """Follow namespaces without an event loop; the arguments are those of :class:`Subscriber`.

    ::

        with subscribe("http://localhost:8765", "/tools") as events:
            for event in events:
                print(event.type, event.data)

    ``on_gap`` is called in the thread that iterates.
    """
    return SyncSubscriber(
        Subscriber(
            url,
            *namespaces,
            types=types,
            sessions=sessions,
            token=token,
            resume=resume,
            cursor_file=cursor_file,
            window=window,
            patience=patience,
            on_gap=on_gap,
        )
    )
