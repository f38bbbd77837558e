"""What bodies may be coded with on their way, and bodies that are not what their headers say."""

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from eventyard.errors import MalformedBody, UnsupportedMediaType
from eventyard.http.quotation import quoted

__all__ = ["check_encoding"]

#: What every version of aiohttp decodes, whatever else is installed; others it would pass on as they are.
_DECODED: Final = frozenset({"deflate", "gzip"})


@web.middleware
async def check_encoding(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse a body that is not decoded, and one that cannot be.

    Raises:
        MalformedBody: The body is not coded as its headers say, or the sender is gone before all of it came.
        UnsupportedMediaType: Its ``Content-Encoding`` is none that is decoded.
    """
    coding = ", ".join(request.headers.getall("Content-Encoding", ["identity"]))
    if request.body_exists and coding.lower() not in _DECODED | {"identity"}:
        message = f"Content-Encoding {quoted(coding)} is not decoded; expected gzip, deflate or none"
        raise UnsupportedMediaType(message)
    try:
        return await handler(request)
    except web.RequestPayloadError as error:
        message = f"the body is not coded as its headers say, Content-Encoding {quoted(coding)}"
        raise MalformedBody(message) from error
    except ConnectionError as error:
        if request.transport is not None:
            raise
        message = "the sender is gone before the whole body came"
        raise MalformedBody(message) from error
