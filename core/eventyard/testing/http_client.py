"""An HTTP client for tests."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from eventyard.server import Server

__all__ = ["HttpClient", "OpenHttp", "Response"]

#: How long an answer may take, in seconds.
_PATIENCE: Final = 10

#: Makes the client of a server.
OpenHttp: TypeAlias = Callable[[Server], "HttpClient"]


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered.

    Attributes:
        status: The HTTP status.
        headers: The headers, their names in lower case.
        content: The body.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.content)


class HttpClient:
    """An HTTP client of one server."""

    def __init__(self, url: str) -> None:
        """Ask the server at ``url``."""
        self._url = url
        # No proxy is between a test and its own machine.
        self._opener = build_opener(ProxyHandler({}))

    def get(self, path: str, **headers: str) -> Response:
        """``GET`` of a path, for example ``/v1/streams``; ``content_type="…"`` is the header ``Content-Type``."""
        return self.request("GET", path, None, headers)

    def post(self, path: str, body: Any, **headers: str) -> Response:
        """``POST`` of ``body``: bytes are sent as they are, anything else as JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.request("POST", path, content, {"content_type": "application/json", **headers})

    def request(self, method: str, path: str, content: bytes | None, headers: Mapping[str, str]) -> Response:
        """Any request; an answer that tells of an error is an answer too."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(self._url + path, content, named, method=method)  # noqa: S310 - it is the test's own server
        try:
            with self._opener.open(request, timeout=_PATIENCE) as answer:
                return Response(answer.status, _lower(answer.headers), answer.read())
        except HTTPError as error:
            with error:
                return Response(error.code, _lower(error.headers), error.read())


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
