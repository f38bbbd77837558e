"""Parameters of requests."""

from typing import Final

from aiohttp import web

from eventyard.errors import MalformedBody

__all__ = ["page_limit", "whole_number"]

_DEFAULT_LIMIT: Final = 100
_MOST: Final = 1000


def whole_number(request: web.Request, name: str, default: int) -> int:
    """The number in the query parameter ``name``, or ``default`` without one.

    Raises:
        MalformedBody: It is no whole number.
    """
    text = request.query.get(name)
    if text is None:
        return default
    if not text.isdecimal() or len(text) > 20:
        message = f"the parameter {name} must be a whole number"
        raise MalformedBody(message)
    return int(text)


def page_limit(request: web.Request) -> int:
    """How many things a page may have, by the query parameter ``limit``: from 1 to 1000, 100 without one."""
    return max(1, min(whole_number(request, "limit", _DEFAULT_LIMIT), _MOST))
