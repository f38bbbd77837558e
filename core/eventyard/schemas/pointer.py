"""JSON pointers (RFC 6901)."""

from collections.abc import Iterable
from typing import Final

__all__ = ["json_pointer"]

#: Longer member names are payload rather than names, and do not belong in an issue.
_LONGEST_NAME: Final = 128


def json_pointer(path: Iterable[str | int], prefix: str = "") -> str:
    """The pointer to what lies at ``path``.

    It ends before a member name of more than 128 characters, and so names the object that has this member.

    Args:
        path: Member names and array indexes, from the outside in.
        prefix: Pointer to where the path begins.
    """
    pointer = prefix
    for step in path:
        if isinstance(step, int):
            pointer += f"/{step}"
        elif len(step) > _LONGEST_NAME:
            break
        else:
            pointer += "/" + step.replace("~", "~0").replace("/", "~1")
    return pointer
