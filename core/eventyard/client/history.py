"""The events that a server keeps, page by page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from http import HTTPStatus
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote, urlencode

from eventyard.client.choice import names_in
from eventyard.client.errors import ClientError, Refused
from eventyard.client.http_client import Answer, HttpClient
from eventyard.events import Event

__all__ = ["History", "Missing"]

_PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class Missing:
    """Events that the server does not have any more.

    Attributes:
        stream: Name of their stream.
        count: How many there were.
    """

    stream: str
    count: int


class History:
    """The events that a server keeps, oldest first.

    ::

        with History("http://localhost:8765", "tools") as history:
            for event in history:
                print(event.type, event.data)

    Attributes:
        total: About how many there are, before filters.
        read: How many places of the streams were read so far.
        missing: What turned out to be trimmed, so far.
    """

    def __init__(
        self,
        url: str,
        *streams: str,
        types: Sequence[str] = (),
        sessions: Sequence[str] = (),
        token: str | None = None,
    ) -> None:
        """Make a history; it is there when its block is entered.

        Args:
            url: Base URL of the server.
            streams: Names of the streams, with or without a slash; none for all.
            types: Only events of these types, or of this one; empty for all.
            sessions: Only events of these sessions, or of this one; empty for all.
            token: The server's token, where it asks for one.

        Raises:
            ClientError: ``token`` cannot stand in a header.
            Unreachable: ``url`` is no URL of a server.
        """
        self.total = 0
        self.read = 0
        self.missing: list[Missing] = []
        self._client = HttpClient(url, token)
        self._streams = [name.strip("/") for name in streams]
        self._query = [("type", name) for name in names_in(types)]
        self._query += [("session", name) for name in names_in(sessions)]
        self._oldest: dict[str, int] = {}

    def __enter__(self) -> Self:
        """Ask the server what it keeps.

        Raises:
            ClientError: It has no stream of one of the names.
            Refused: It does not let us in.
            Unreachable: No server answers.
        """
        try:
            self._begin()
        except BaseException:
            self._client.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def __iter__(self) -> Iterator[Event]:
        """The events in the order in which the server accepted them, as far as its clock tells.

        Raises:
            Refused: The server does not let us in any more.
            Unreachable: It stopped answering.
        """
        streams = (self._stream(name, oldest) for name, oldest in self._oldest.items())
        return merge(*streams, key=lambda event: str(event["recordedtime"]))

    def _begin(self) -> None:
        bounds = {each["name"]: each for each in _answered(self._client.get("/v1/streams"))["streams"]}
        for name in self._streams:
            if name not in bounds:
                message = f"the server has no stream {name!r}; there are {', '.join(bounds)}"
                raise ClientError(message)
        chosen = [bounds[name] for name in (dict.fromkeys(self._streams) or bounds)]
        self._oldest = {each["name"]: each["oldest"] for each in chosen}
        self.total = sum(each["head"] - each["oldest"] + 1 for each in chosen)

    def _stream(self, name: str, oldest: int) -> Iterator[Event]:
        # From the very beginning, and not from what is kept: then the server tells what it has trimmed.
        after = 0
        while True:
            query = urlencode([*self._query, ("after", after), ("limit", _PAGE)])
            page = _answered(self._client.get(f"/v1/streams/{quote(name)}/events?{query}"))
            yield from map(Event, page["events"])
            self.read += max(0, page["next"] - max(after, oldest - 1))
            if page["gap"] and page["gap"]["count"]:
                self.missing.append(Missing(name, page["gap"]["count"]))
            after = page["next"]
            if after >= page["head"]:
                return


def _answered(answer: Answer) -> dict[str, Any]:
    if answer.status != HTTPStatus.OK or not isinstance(answer.body, dict):
        message = f"the server does not give its events: {answer.explanation}"
        raise Refused(message)
    return answer.body
