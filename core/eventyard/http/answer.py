"""The answer to a request, before it is known how it travels."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from aiohttp import web

__all__ = ["Answer", "Reply"]


class Answer(NamedTuple):
    """The answer to a request.

    Attributes:
        status: HTTP status.
        body: The body; empty with status 204.
        media_type: Media type of the body.
        headers: Further headers.
    """

    status: int
    body: bytes = b""
    media_type: str = "application/json"
    headers: Mapping[str, str] = MappingProxyType({})

    def response(self) -> web.Response:
        """The same for aiohttp."""
        if not self.body:
            return web.Response(status=self.status, headers=self.headers)
        return web.Response(body=self.body, status=self.status, headers=self.headers, content_type=self.media_type)


#: Called with the answer to a request, or with what went wrong.
Reply: TypeAlias = Callable[[Answer | BaseException], None]
