"""A server that runs in another process, with the interface of one in this process."""

import http.client
import json
from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import urlsplit

from eventyard.errors import EventyardError, JournalError
from eventyard.events import Event, Issue, Outcome, Status

__all__ = ["ServerProxy", "probe"]


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
    known = isinstance(answer, dict) and {"status", "uptime", "epoch", "durability", "pid"} <= answer.keys()
    return answer if known else None


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
        address = urlsplit(self.url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        headers = {"Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            connection.request("POST", "/v1/events", json.dumps([dict(event) for event in events]), headers)
            response = connection.getresponse()
            answer = json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            message = f"the server at {self.url} does not answer: {error}"
            raise EventyardError(message) from error
        finally:
            connection.close()
        if response.status == 202:
            return [_outcome(result) for result in answer["results"]]
        message = f"the server at {self.url} refused the events: {answer.get('detail', response.reason)}"
        raise (JournalError if response.status == 503 else EventyardError)(message)

    def stop(self) -> None:
        """Let go of the server, which goes on: it belongs to the process that started it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _outcome(result: Mapping[str, Any]) -> Outcome:
    issues = tuple(Issue(**issue) for issue in result["issues"])
    return Outcome(result["id"], Status(result["status"]), result["stream"], result["offset"], issues)
