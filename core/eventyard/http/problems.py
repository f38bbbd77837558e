"""Answers in JSON; errors as RFC 9457 problem details."""

from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web

from eventyard.http.answer import Answer

__all__ = ["json_answer", "json_response", "problem", "problem_answer"]

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


def problem_answer(
    status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **members: Any
) -> Answer:
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
    return Answer(status, orjson.dumps(body), "application/problem+json", headers or {})


def problem(
    status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **members: Any
) -> web.Response:
    """The same for aiohttp."""
    return problem_answer(status, code, detail, headers=headers, **members).response()


def json_answer(body: Any, status: int = 200) -> Answer:
    """``body`` as JSON."""
    return Answer(status, orjson.dumps(body))


def json_response(body: Any, status: int = 200) -> web.Response:
    """The same for aiohttp."""
    return json_answer(body, status).response()
