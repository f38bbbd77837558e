"""The head of a plain post: request line and headers of the one kind that is taken here."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

__all__ = ["MOST_BYTES", "Head", "read_head"]

#: A longer head is none of a plain post.
MOST_BYTES: Final = 4096

# RFC 9112 §3 and §5, without what it tolerates: one space after the colon, no folded lines, printable ASCII.
_HEAD: Final = re.compile(
    rb"POST (/v1/[a-z0-9_/-]{1,200}) HTTP/1\.1((?:\r\n[A-Za-z0-9-]{1,100}: [\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)+)"
)

# With one of these, a request means more than its body: how it is coded, what connection it wants, where it is from.
_UNUSUAL: Final = frozenset(
    {
        "content-encoding", "expect", "origin", "range", "sec-fetch-site", "te", "trailer", "transfer-encoding",
        "upgrade",
    }
)  # fmt: skip

_LENGTH: Final = re.compile(r"[1-9][0-9]{0,9}")


class Head(NamedTuple):
    """The head of a plain post.

    Attributes:
        path: The path, without a query.
        length: Bytes of the body, at least one.
        headers: The headers, with names in lower case.
    """

    path: str
    length: int
    headers: Mapping[str, str]


def read_head(head: bytes) -> Head | None:
    """What ``head``, the bytes before the empty line, says; ``None`` when it is not that of a plain post."""
    found = _HEAD.fullmatch(head)
    if found is None:
        return None
    path, lines = found[1].decode(), found[2].decode()[2:].split("\r\n")
    pairs = [line.split(": ", 1) for line in lines]
    headers = {name.lower(): value for name, value in pairs}
    length = headers.get("content-length", "")
    if (
        # A header that comes twice is a list, or an attempt to have two programs read it in two ways.
        len(headers) < len(pairs)
        or not _UNUSUAL.isdisjoint(headers)
        or not _LENGTH.fullmatch(length)
        or headers.get("connection", "keep-alive").lower() != "keep-alive"
        or any(name.startswith("ce-") for name in headers)
    ):
        return None
    return Head(path, int(length), MappingProxyType(headers))
