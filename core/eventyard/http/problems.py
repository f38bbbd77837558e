"""Error answers as RFC 9457 problem details."""

from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web

__all__ = ["json_response", "problem"]

_TITLES = {
    400: "The request cannot be read",
    401: "A credential is needed",
    403: "The request is not allowed",
    404: "There is no such thing here",
    405: "The method is not allowed",
    413: "The request is too large",
    415: "The media type is not supported",
    422: "The event is not valid",
    429: "Too many requests",
    500: "The server failed",
    503: "The server cannot take the request now",
}


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    **members: Any,
) -> web.Response:
    """An error answer.

    Args:
        status: HTTP status.
        code: What is wrong, for programs; the end of the problem's ``type``.
        detail: What is wrong and what was expected, for people.
        headers: Headers of the answer.
        members: Further members of the problem.
    """
    body = {
        "type": f"urn:eventyard:problem:{code}",
        "title": _TITLES.get(status, "The request failed"),
        "status": status,
        "detail": detail,
        **members,
    }
    return web.Response(
        body=orjson.dumps(body), status=status, headers=headers, content_type="application/problem+json"
    )


def json_response(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """``body`` as JSON."""
    return web.Response(body=orjson.dumps(body), status=status, headers=headers, content_type="application/json")
