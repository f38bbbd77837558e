"""The connection as aiohttp's, whose own errors are answered like all others."""

import logging
from typing import Any, Final

from aiohttp import web
from aiohttp.http_exceptions import ContentEncodingError

from eventyard.http.problems import problem

__all__ = ["Successor"]

log = logging.getLogger(__name__)

_MOST_CHARACTERS: Final = 100


class Successor(web.RequestHandler):
    """One connection of aiohttp's, over which anything may come.

    aiohttp answers what it cannot read by itself, before there is a request that a route could take: as plain text,
    and with a traceback in the log for what is a mistake of the client.
    """

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """The answer to what cannot be read, as problem details; the connection is closed behind it."""
        if status >= 500 or request.writer.output_size > 0:
            return super().handle_error(request, status, exc, message)
        log.debug("%s sent what cannot be read: %s", request.remote, _gist(message))
        if isinstance(exc, ContentEncodingError):
            detail = "the Content-Encoding of the body is not decoded; expected gzip, deflate or none"
            response = problem(415, "media_type", detail)
        else:
            response = problem(status, "malformed", f"this is no HTTP request that can be read: {_gist(message)}")
        response.force_close()
        return response

    def log_exception(self, *args: Any, **kw: Any) -> None:
        """Log a failure of the server; not what came behind the answer to a request."""
        if isinstance(kw.get("exc_info"), web.RequestPayloadError):
            log.debug("the rest of a body cannot be read", exc_info=kw["exc_info"])
        else:
            super().log_exception(*args, **kw)


def _gist(message: str | None) -> str:
    """What aiohttp has to say, without what the client has sent, which comes behind it and may be a secret."""
    lines = (message or "").splitlines() or [""]
    line = lines[0].partition(" when reading: ")[0].rstrip(":")
    return line if len(line) <= _MOST_CHARACTERS else f"{line[:_MOST_CHARACTERS]}…"
