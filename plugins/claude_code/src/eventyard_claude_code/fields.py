"""Reading members of a foreign JSON object: types checked, aliases tried, limits kept."""

import re
from collections.abc import Mapping
from typing import Any, Final, Self

__all__ = [
    "ARRAY_LIMIT",
    "NAME_LIMIT",
    "PATH_LIMIT",
    "TEXT_LIMIT",
    "Fields",
    "UnfitBody",
    "cut",
    "json_type",
    "usable_name",
]

#: The longest name or id, path and free text, in characters, that the schemas of the bundled event types accept.
NAME_LIMIT: Final = 256
PATH_LIMIT: Final = 4096
TEXT_LIMIT: Final = 1_048_576

#: The longest array that they accept, in items.
ARRAY_LIMIT: Final = 1000

#: The largest number that the schemas accept: beyond it JSON readers lose digits.
_NUMBER_LIMIT: Final = 2**53 - 1

# Characters that may not stand in a CloudEvents attribute (CloudEvents 1.0 §3.1, type String).
_FORBIDDEN: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


class UnfitBody(Exception):
    """The body of a known hook lacks what its event types need, so it is to be kept whole."""


def json_type(value: object) -> str:
    """The JSON type of ``value``, for messages that must not repeat the value."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "an array"
        case Mapping():
            return "an object"
    return type(value).__name__


def usable_name(value: object, limit: int = NAME_LIMIT) -> str | None:
    """``value`` when it can stand as a name or id in an envelope: 1 to ``limit`` printable characters."""
    if not isinstance(value, str) or not 0 < len(value) <= limit:
        return None
    # Nearly all are plain ASCII, which is known without a search.
    plain = value.isascii() and value.isprintable()
    return value if plain or not _FORBIDDEN.search(value) else None


def cut(text: str, limit: int) -> str:
    """The first ``limit`` characters of ``text``, the last one an ellipsis when there are more."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


class Fields:
    """The members of a foreign JSON object.

    Each method takes the name of a member and its aliases; the first that is there and not null counts. A value of
    the wrong type, or beyond the limits, is given as ``None`` by the plain methods and refused by the ``need_`` ones.
    """

    def __init__(self, members: object, text_limit: int = TEXT_LIMIT) -> None:
        """Read ``members``; anything but an object counts as an empty one.

        Args:
            members: The JSON value.
            text_limit: How many characters of a text are kept.
        """
        self._members: Mapping[str, Any] = members if isinstance(members, Mapping) else {}
        self._text_limit = text_limit

    def value(self, *names: str) -> Any:
        """The value as it is, or ``None``."""
        for name in names:
            found = self._members.get(name)
            if found is not None:
                return found
        return None

    def name(self, *names: str, limit: int = NAME_LIMIT) -> str | None:
        """A name or id: never cut, because a part of it would name something else."""
        return usable_name(self.value(*names), limit)

    def text(self, *names: str) -> str | None:
        """A free text, cut to the limit."""
        value = self.value(*names)
        if not isinstance(value, str):
            return None
        return cut(value, self._text_limit)

    def path(self, *names: str) -> str | None:
        """A file's path: not empty, and never cut."""
        value = self.value(*names)
        return value if isinstance(value, str) and 0 < len(value) <= PATH_LIMIT else None

    def number(self, *names: str) -> float | None:
        """A number that is not negative."""
        value = self.value(*names)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _NUMBER_LIMIT:
            return value
        return None

    def count(self, *names: str) -> int | None:
        """An integer that is not negative."""
        value = self.number(*names)
        return int(value) if value is not None and value == int(value) else None

    def flag(self, *names: str) -> bool | None:
        """A boolean."""
        value = self.value(*names)
        return value if isinstance(value, bool) else None

    def array(self, *names: str) -> list[Any] | None:
        """An array."""
        value = self.value(*names)
        return value if isinstance(value, list) else None

    def short_array(self, *names: str) -> list[Any] | None:
        """An array, cut to the limit."""
        value = self.array(*names)
        return None if value is None else value[:ARRAY_LIMIT]

    def inner(self, *names: str) -> Self:
        """The members of an object; of an empty one when it is no object."""
        return self.within(self.value(*names))

    def within(self, members: object) -> Self:
        """The members of another object, read with the same limits."""
        return type(self)(members, self._text_limit)

    def need_name(self, *names: str, limit: int = NAME_LIMIT, default: str | None = None) -> str:
        """A name or id that must be there; ``default`` stands for an absent one.

        Raises:
            UnfitBody: It is no usable name, or it is absent and there is no default.
        """
        if default is not None and self.value(*names) is None:
            return default
        return self._needed(self.name(*names, limit=limit), names)

    def need_text(self, *names: str) -> str:
        """A free text that must be there.

        Raises:
            UnfitBody: It is absent or no string.
        """
        return self._needed(self.text(*names), names)

    @staticmethod
    def _needed(value: str | None, names: tuple[str, ...]) -> str:
        if value is None:
            raise UnfitBody(names[0])
        return value
