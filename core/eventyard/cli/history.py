"""The kept events of a server, page by page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from eventyard.client.http_client import Answer, HttpClient
from eventyard.errors import EventyardError

__all__ = ["History", "Missing"]

_PAGE = 1000


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
    """The kept events of some streams.

    Attributes:
        total: About how many there are, before filters.
        read: How many places of the streams were read so far.
        missing: What turned out to be trimmed, so far.
    """

    def __init__(
        self, client: HttpClient, streams: Sequence[str], types: Sequence[str], sessions: Sequence[str]
    ) -> None:
        """Read from the server of ``client``.

        Args:
            client: The connection to the server.
            streams: Names of the streams; empty for all.
            types: Only events of these types; empty for all.
            sessions: Only events of these sessions; empty for all.

        Raises:
            EventyardError: The server does not let us in, or has no stream of one of the names.
            Unreachable: No server answers.
        """
        self._client = client
        self._query = [("type", name) for name in types] + [("session", name) for name in sessions]
        bounds = {each["name"]: each for each in _answered(client.get("/v1/streams"))["streams"]}
        for name in streams:
            if name not in bounds:
                message = f"the server has no stream {name!r}; there are {', '.join(bounds)}"
                raise EventyardError(message)
        chosen = [bounds[name] for name in (streams or bounds)]
        self._starts = {each["name"]: each["oldest"] - 1 for each in chosen}
        self.total = sum(each["head"] - each["oldest"] + 1 for each in chosen)
        self.read = 0
        self.missing: list[Missing] = []

    def events(self) -> Iterator[dict[str, Any]]:
        """The events in the order in which the server accepted them, as far as its clock tells.

        Raises:
            EventyardError: The server stopped answering as it should.
            Unreachable: It stopped answering.
        """
        streams = (self._stream(name, start) for name, start in self._starts.items())
        return merge(*streams, key=lambda event: str(event["recordedtime"]))

    def _stream(self, name: str, after: int) -> Iterator[dict[str, Any]]:
        while True:
            query = urlencode([*self._query, ("after", after), ("limit", _PAGE)])
            page = _answered(self._client.get(f"/v1/streams/{name}/events?{query}"))
            yield from page["events"]
            self.read += page["next"] - after
            if page["gap"] and page["gap"]["count"]:
                self.missing.append(Missing(name, page["gap"]["count"]))
            after = page["next"]
            if after >= page["head"]:
                return


def _answered(answer: Answer) -> dict[str, Any]:
    if answer.status != HTTPStatus.OK or not isinstance(answer.body, dict):
        message = f"the server does not give its events: {answer.explanation}"
        raise EventyardError(message)
    return answer.body
