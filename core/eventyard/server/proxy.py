"""A server that runs in another process, with the interface of one in this process."""

import http.client
import json
from collections.abc import Mapping
from contextlib import closing
from typing import Any, Self

from eventyard.client.http_client import HttpClient
from eventyard.client.publication.prepared import Prepared
from eventyard.client.publication.request import ServerBusy, Unreadable, post_events
from eventyard.errors import EventyardError, JournalError
from eventyard.events import Event, Outcome

__all__ = ["ServerProxy", "is_health", "probe"]


def probe(host: str, port: int, timeout: float = 1.0) -> dict[str, Any] | None:
    """What the Eventyard server at an address says of its health; ``None`` when no Eventyard answers there."""
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    try:
        connection.request("GET", "/health")
        answer = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return answer if is_health(answer) else None


def is_health(answer: object) -> bool:
    """Whether ``answer``, a JSON value, is what an Eventyard says at ``/health``, and nothing else does."""
    return isinstance(answer, dict) and answer.keys() >= {"status", "uptime", "epoch", "durability", "pid"}


class ServerProxy:
    """A server that runs in another process.

    Attributes:
        url: Where it answers.
    """

    def __init__(self, url: str, token: str = "") -> None:
        """Talk to the server at ``url``, with ``token`` if it asks for one."""
        self.url = url
        self._token = token

    def publish(self, *events: Event | Mapping[str, Any]) -> list[Outcome]:
        """Send events; gives what became of each.

        Raises:
            JournalError: The server could not keep them; they may be sent again.
            EventyardError: The server cannot be reached, or refused the request as a whole.
        """
        bodies = [Prepared.of(event).body for event in events]
        with closing(HttpClient(self.url, self._token)) as client:
            try:
                return post_events(client, bodies)
            except ServerBusy as error:
                raise JournalError(str(error)) from error
            except Unreadable as error:
                message = f"the server at {self.url} cannot read the events: {error}"
                raise EventyardError(message) from error

    def stop(self) -> None:
        """Let go of the server, which goes on: it belongs to the process that started it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
