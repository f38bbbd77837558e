"""What a client says in ``auth`` when it joins a namespace."""

import re
from dataclasses import dataclass
from typing import Any, Final

from eventyard.delivery import Cursor, Resume, View

__all__ = ["InvalidRequest", "JoinRequest", "read_resume"]

_EPOCH: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")

# How many sessions or types a client may name.
_LONGEST_LIST: Final = 1000

_LARGEST_WINDOW: Final = 1_000_000


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
            message = f"auth.batch is {_kind(batch)}, expected a boolean"
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
        epoch, offset = value.get("epoch"), value.get("offset")
        if (
            isinstance(epoch, str)
            and _EPOCH.fullmatch(epoch)
            and isinstance(offset, int)
            and not isinstance(offset, bool)
            and offset >= 0
        ):
            return Cursor(epoch, offset)
    message = f'{where} is {_kind(value)}, expected null, "latest", "earliest" or {{"epoch": "…", "offset": 0}}'
    raise InvalidRequest(message)


def _names(auth: dict[str, Any], member: str) -> frozenset[str] | None:
    value = auth.get(member)
    if value is None:
        return None
    if isinstance(value, list) and len(value) <= _LONGEST_LIST and all(isinstance(name, str) for name in value):
        return frozenset(value)
    message = f"auth.{member} is {_kind(value)}, expected a list of at most {_LONGEST_LIST} strings"
    raise InvalidRequest(message)


def _window(value: Any) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _LARGEST_WINDOW):
        return value
    message = f"auth.window is {_kind(value)}, expected null or a whole number from 1 to {_LARGEST_WINDOW}"
    raise InvalidRequest(message)


def _kind(value: Any) -> str:
    """What JSON calls the type of ``value``; values themselves may be secrets."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "a list" if isinstance(value, list) else "an object"
