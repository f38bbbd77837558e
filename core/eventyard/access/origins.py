"""Which web pages may talk to the server.

A page of another origin may try only where ``cors_origins`` lists its origin (``*`` lists all), and needs a
credential besides: otherwise any page that a user opens could read and write a local server.
"""

from collections.abc import Iterable, Mapping
from enum import Enum, auto
from urllib.parse import urlsplit

__all__ = ["Origin", "Origins"]


class Origin(Enum):
    """Where a request comes from."""

    #: No browser, or a page of the server itself.
    OWN = auto()
    #: A page of another origin that may try with a credential.
    LISTED = auto()
    #: A page of another origin that may not.
    REFUSED = auto()


class Origins:
    """Tells where a request comes from, by its headers."""

    def __init__(self, listed: str | Iterable[str]) -> None:
        """List ``listed`` origins as ``scheme://host[:port]``; ``*`` stands for all."""
        origins = [listed] if isinstance(listed, str) else listed
        self._listed = frozenset(origin.rstrip("/").lower() for origin in origins)

    def of(self, headers: Mapping[str, str]) -> Origin:
        """Where a request with ``headers`` comes from.

        Browsers send ``Origin`` with everything but plain GETs, and ``Sec-Fetch-Site`` with everything. A navigation
        (a link, the address bar) gives the page before it nothing to read, so it counts as the server's own.
        """
        origin = headers.get("Origin")
        if origin is not None:
            name = _host_and_port(origin)
            if name is None:
                return Origin.REFUSED
            return Origin.OWN if name == headers.get("Host", "").lower() else self._foreign(origin)
        if headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"} and headers.get("Sec-Fetch-Mode") != "navigate":
            return Origin.REFUSED
        return Origin.OWN

    def _foreign(self, origin: str) -> Origin:
        listed = "*" in self._listed or origin.rstrip("/").lower() in self._listed
        return Origin.LISTED if listed else Origin.REFUSED


def _host_and_port(origin: str) -> str | None:
    """Host and port of ``origin``, in lower case; ``None`` when it is the origin of no page."""
    try:
        # Bytes that are not UTF-8 come as lone surrogates, and could not be repeated in an answer.
        origin.encode()
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None
