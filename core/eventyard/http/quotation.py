"""What a client has sent, as it stands in the message about it."""

from typing import Final

__all__ = ["quoted"]

_MOST_CHARACTERS: Final = 50


def quoted(text: str) -> str:
    """``text`` in quotes, its beginning if it is long."""
    return repr(text) if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]!r}…"
