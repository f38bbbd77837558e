"""Attributes of an event that are headers: binary mode (CloudEvents HTTP binding §3.1)."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote_to_bytes

from eventyard.errors import MalformedBody

__all__ = ["attributes_of", "is_binary"]

#: The attributes are headers with this prefix.
_PREFIX: Final = "ce-"

# Two headers that an event in binary mode has; neither is filled in by the server.
_TYPE: Final = "ce-type"
_SOURCE: Final = "ce-source"

# RFC 9110 §5.6.4. Earlier versions of the binding had spaces and quotes written like this.
_QUOTED: Final = re.compile(rb'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED: Final = re.compile(rb"\\(.)", re.DOTALL)


def is_binary(headers: Mapping[str, str]) -> bool:
    """Whether ``headers`` are those of an event in binary mode."""
    return _TYPE in headers or _SOURCE in headers


def attributes_of(headers: Mapping[str, str]) -> dict[str, str]:
    """The attributes that ``headers`` carry.

    Raises:
        MalformedBody: One of them is not UTF-8; the text names the header, and repeats nothing of it.
    """
    named = {name.lower(): value for name, value in headers.items()}
    return {name.removeprefix(_PREFIX): _text(name, value) for name, value in named.items() if name.startswith(_PREFIX)}


def _text(name: str, value: str) -> str:
    """The text that the header ``name`` stands for (§3.1.3.2): without quotes, percent-decoded once."""
    # aiohttp makes lone surrogates of bytes that are not UTF-8.
    raw = value.encode(errors="surrogateescape")
    if quoted := _QUOTED.fullmatch(raw):
        raw = _ESCAPED.sub(rb"\1", quoted[1])
    try:
        return unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        message = f"the header {name} is not UTF-8; expected text, percent-encoded where it is not printable ASCII"
        raise MalformedBody(message) from None
