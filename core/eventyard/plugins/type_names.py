"""The event types that a plugin names without owning them: in ``applies_to``, and in the ``observes`` of a handler."""

from collections.abc import Collection, Iterable, Mapping
from typing import Literal

from eventyard.errors import PluginError
from eventyard.hooks import Plugin
from eventyard.spelling import did_you_mean

__all__ = ["check_type_names", "read_applies_to", "unknown_type_names"]


def check_type_names(what: str, names: object) -> tuple[str, ...]:
    """Check that ``names`` is a tuple of names of event types, or something of the kind; give them.

    A single text is refused: it is a tuple without its comma, of which every letter would be a name.

    Args:
        what: What errors call the attribute.
        names: Its value.

    Raises:
        PluginError: It is something else.
    """
    if isinstance(names, str):
        message = f"{what} is the text {names!r}, expected a tuple of names of event types, such as ({names!r},)"
        raise PluginError(message)
    if not isinstance(names, Collection) or isinstance(names, bytes | Mapping):
        message = f"{what} is {names!r}, expected a tuple of names of event types"
        raise PluginError(message)
    for name in names:
        if not isinstance(name, str):
            message = f"{what} has {name!r} in it, expected names of event types"
            raise PluginError(message)
    return tuple(names)


def read_applies_to(plugin: object) -> Literal["*"] | tuple[str, ...] | None:
    """Which events a plugin says that its stage hooks are called for.

    Raises:
        PluginError: It says nothing of the kind.
    """
    wanted = getattr(plugin, "applies_to", Plugin.applies_to)
    if wanted is None or wanted == "*":
        return "*" if wanted else None
    return check_type_names("applies_to", wanted)


def unknown_type_names(what: str, names: Iterable[str], known: Collection[str]) -> list[str]:
    """What is to be told of those of ``names`` that are not ``known``: each a sentence about the attribute ``what``.

    They are no error: a plugin may be made for types that others do without.
    """
    return [
        f"{what} names {name!r}, which is no installed event type{did_you_mean(name, known)}"
        for name in names
        if name not in known
    ]
