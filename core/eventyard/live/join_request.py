"""What a client says in ``auth`` when it joins a namespace."""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from eventyard.delivery import Cursor, Resume, View

__all__ = ["InvalidRequest", "JoinRequest", "read_cursor", "read_resume"]

_EPOCH: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")

# How many sessions or types a client may name.
_LONGEST_LIST: Final = 1000

_LARGEST_WINDOW: Final = 1_000_000

_CURSOR: Final = '{"epoch": "…", "offset": 0}'

# So much of a value stands in a message.
_SHOWN_LENGTH: Final = 50


class InvalidRequest(ValueError):
    """A request of a client that is not of the protocol's form; its text goes to the client."""


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """What a client says in ``auth``; members that the protocol does not know are left alone.

    Attributes:
        token: Its credential, as sent.
        resume: Where it wants to start to read.
        view: What it wants to see, and in which shape.
        window: How many events it takes without acknowledging them; ``None`` for any number.
    """

    token: object
    resume: Resume
    view: View
    window: int | None

    @classmethod
    def read(cls, auth: Any) -> "JoinRequest":
        """Read ``auth``, which a client may leave out.

        Raises:
            InvalidRequest: A member is not of the protocol's form.
        """
        if auth is None:
            auth = {}
        if not isinstance(auth, dict):
            message = f"auth is {_kind(auth)}, expected an object"
            raise InvalidRequest(message)
        batch = auth.get("batch", False)
        if not isinstance(batch, bool):
            message = f"auth.batch is {_shown(batch)}, expected a boolean"
            raise InvalidRequest(message)
        view = View(batch, _names(auth, "sessions"), _names(auth, "types"))
        resume = read_resume(auth.get("resume"), "auth.resume")
        return cls(auth.get("token"), resume, view, _window(auth.get("window")))


def read_resume(value: Any, where: str) -> Resume:
    """Read where a client wants to start.

    Raises:
        InvalidRequest: It is none of ``null``, ``"latest"``, ``"earliest"`` and ``{"epoch", "offset"}``.
    """
    if value is None or value in ("latest", "earliest"):
        resume: Resume = value
        return resume
    if isinstance(value, dict):
        return read_cursor(value, where)
    message = f'{where} is {_shown(value)}, expected null, "latest", "earliest" or {_CURSOR}'
    raise InvalidRequest(message)


def read_cursor(value: Any, where: str) -> Cursor:
    """Read what a client has seen.

    Raises:
        InvalidRequest: It is no ``{"epoch", "offset"}``.
    """
    if not isinstance(value, dict):
        message = f"{where} is {_shown(value)}, expected {_CURSOR}"
        raise InvalidRequest(message)
    for member in ("epoch", "offset"):
        if member not in value:
            message = f"{where} has no {member}, expected {_CURSOR}"
            raise InvalidRequest(message)
    epoch, offset = value["epoch"], value["offset"]
    if not isinstance(epoch, str) or not _EPOCH.fullmatch(epoch):
        message = f"{where}.epoch is {_shown(epoch)}, expected the epoch of a server: letters, digits, - and _"
        raise InvalidRequest(message)
    if not isinstance(offset, int) or isinstance(offset, bool) or offset < 0:
        message = f"{where}.offset is {_shown(offset)}, expected a whole number from 0"
        raise InvalidRequest(message)
    return Cursor(epoch, offset)


def _names(auth: dict[str, Any], member: str) -> frozenset[str] | None:
    value = auth.get(member)
    if value is None:
        return None
    if not isinstance(value, list):
        message = f"auth.{member} is {_shown(value)}, expected a list of at most {_LONGEST_LIST} strings"
        raise InvalidRequest(message)
    if len(value) > _LONGEST_LIST:
        message = f"auth.{member} has {len(value)} names, expected at most {_LONGEST_LIST}"
        raise InvalidRequest(message)
    for index, name in enumerate(value):
        if not isinstance(name, str):
            message = f"auth.{member}[{index}] is {_shown(name)}, expected a string"
            raise InvalidRequest(message)
    return frozenset(value)


def _window(value: Any) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _LARGEST_WINDOW):
        return value
    message = f"auth.window is {_shown(value)}, expected null or a whole number from 1 to {_LARGEST_WINDOW}"
    raise InvalidRequest(message)


def _shown(value: Any) -> str:
    """``value`` as JSON, its beginning if it is long; what has members, by its type alone."""
    if isinstance(value, str):
        beginning = value[:_SHOWN_LENGTH]
        return json.dumps(beginning if len(value) == len(beginning) else f"{beginning}…", ensure_ascii=False)
    return json.dumps(value) if value is None or isinstance(value, bool | int | float) else _kind(value)


def _kind(value: Any) -> str:
    """What JSON calls the type of ``value``: of ``auth`` itself no more is told, since it may be a token."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "a list" if isinstance(value, list) else "an object"
