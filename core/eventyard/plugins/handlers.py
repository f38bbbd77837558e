"""A namespace handler, made from the class that a plugin ships."""

from collections.abc import Mapping
from typing import Any

from eventyard.errors import PluginError
from eventyard.hooks import CORE_EVENTS, Handler
from eventyard.plugins.calls import contained
from eventyard.plugins.reason import reason_of
from eventyard.plugins.type_names import check_type_names

__all__ = ["make_handler"]


def make_handler(handler_class: type[Any], name: str, table: Mapping[str, Any]) -> Handler:
    """Create the handler of the namespace ``name``, and give it the plugin's settings.

    Raises:
        PluginError: It cannot be used; names the namespace and the class.
    """
    what = f"its handler of {name}, {handler_class.__qualname__},"
    if objection := _objection(handler_class):
        message = f"{what} {objection}"
        raise PluginError(message)
    try:
        handler: Handler = handler_class()
        handler.configure(table)
    except contained() as error:
        message = f"{what} cannot be made: {reason_of(error)}"
        raise PluginError(message) from error
    served = getattr(handler, "namespace", None)
    if served is None:
        message = f"{what} has an __init__ that does not call super().__init__(), which every handler's must"
        raise PluginError(message)
    if served != name:
        message = f"{what} has the namespace {served!r} once it is made, expected {name!r}"
        raise PluginError(message)
    # Behind configure(), which may set it.
    check_type_names(f"observes of {handler_class.__qualname__}", handler.observes)
    return handler


def _objection(handler_class: type[Any]) -> str | None:
    """What keeps the class from being that of a handler."""
    if not issubclass(handler_class, Handler):
        return "is no subclass of eventyard.Namespace"
    if taken := [f"on_{event}" for event in CORE_EVENTS if hasattr(handler_class, f"on_{event}")]:
        return f"defines {', '.join(taken)}; these client events belong to the core"
    return None
