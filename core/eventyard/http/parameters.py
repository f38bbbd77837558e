"""Parameters of requests."""

from typing import Final

from aiohttp import web

from eventyard.errors import MalformedBody
from eventyard.http.quotation import quoted
from eventyard.spelling import did_you_mean

__all__ = ["check_names", "page_limit", "whole_number"]

_DEFAULT_LIMIT: Final = 100
_MOST: Final = 1000

#: The largest number that the stores can hold.
_LARGEST: Final = 2**63 - 1


def check_names(request: web.Request, *known: str) -> None:
    """Refuse a request with another query parameter than the ``known`` ones: a filter would be left out unseen.

    Raises:
        MalformedBody: It has one.
    """
    for name in request.query:
        if name not in known:
            message = f"there is no parameter {quoted(name)} here, only {', '.join(known)}{did_you_mean(name, known)}"
            raise MalformedBody(message)


def whole_number(request: web.Request, name: str, default: int, *, least: int = 0, most: int = _LARGEST) -> int:
    """The number in the query parameter ``name``, or ``default`` without one.

    Raises:
        MalformedBody: It is no whole number from ``least`` to ``most``.
    """
    text = request.query.get(name)
    if text is None:
        return default
    # What is longer is no such number, and costs the more to read.
    if text.isascii() and text.isdecimal() and len(text) <= len(str(_LARGEST)) and least <= int(text) <= most:
        return int(text)
    message = f"the parameter {name} must be a whole number from {least} to {most}, not {quoted(text)}"
    raise MalformedBody(message)


def page_limit(request: web.Request) -> int:
    """How many things a page may have, by the query parameter ``limit``: from 1 to 1000, 100 without one.

    Raises:
        MalformedBody: It is no such number.
    """
    return whole_number(request, "limit", _DEFAULT_LIMIT, least=1, most=_MOST)
