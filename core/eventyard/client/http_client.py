"""Requests to a server over one kept connection, without the import time of an HTTP library."""

import contextlib
import http.client
import json
from dataclasses import dataclass
from socket import SHUT_RDWR
from typing import Any

from eventyard.client.authorization import authorization
from eventyard.client.errors import Unreachable
from eventyard.client.retry_after import retry_after
from eventyard.client.server_url import server_url

__all__ = ["Answer", "HttpClient"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered.

    Attributes:
        status: The HTTP status.
        body: The JSON body; ``None`` when there is none, or it is no JSON.
        retry_after: Seconds that the server wants to be left alone for; ``None`` when it says nothing.
    """

    status: int
    body: Any
    retry_after: float | None

    @property
    def explanation(self) -> str:
        """What the server says about an error, with the status."""
        detail = ""
        if isinstance(self.body, dict):
            detail = self.body.get("detail") or self.body.get("title") or ""
        return f"{self.status} {http.client.responses.get(self.status, '')}".strip() + (f": {detail}" if detail else "")


class HttpClient:
    """Requests to one server over one kept connection."""

    def __init__(self, url: str, token: str | None = None, *, timeout: float = 30) -> None:
        """Make a client; it connects with the first request.

        Args:
            url: Base URL of the server.
            token: The server's token, where it asks for one.
            timeout: Seconds that connecting and each answer may take.

        Raises:
            ClientError: ``token`` cannot stand in a header.
            Unreachable: ``url`` is no HTTP URL.
        """
        parts = server_url(url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname or "", parts.port, timeout=timeout)
        self._url = parts.geturl()
        self._path = parts.path
        self._headers = {"Accept": "application/json", **authorization(token)}

    def get(self, path: str) -> Answer:
        """Ask for ``path``.

        Raises:
            Unreachable: There is no answer.
        """
        return self._request("GET", path, None, {})

    def post(self, path: str, body: bytes, content_type: str) -> Answer:
        """Send ``body`` to ``path``.

        It is sent a second time when the kept connection turns out to be closed: events need an ``id``, so that the
        server recognises what it has had.

        Raises:
            Unreachable: There is no answer.
        """
        return self._request("POST", path, body, {"Content-Type": content_type})

    def delete(self, path: str) -> Answer:
        """Ask for ``path`` to be removed.

        Raises:
            Unreachable: There is no answer.
        """
        return self._request("DELETE", path, None, {})

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def interrupt(self) -> None:
        """Have a request that another thread waits for fail; nothing when there is none."""
        socket = self._connection.sock
        if socket is not None:
            with contextlib.suppress(OSError):
                socket.shutdown(SHUT_RDWR)

    def _request(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        is_kept = self._connection.sock is not None
        try:
            self._connection.request(method, self._path + path, body, self._headers | headers)
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            if is_kept and isinstance(error, ConnectionError | http.client.HTTPException):
                return self._request(method, path, body, headers)
            message = f"no server answers at {self._url}: {getattr(error, 'strerror', None) or error or 'no answer'}"
            raise Unreachable(message) from error
        return Answer(response.status, _parsed(content), retry_after(response.getheader("Retry-After")))


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None
