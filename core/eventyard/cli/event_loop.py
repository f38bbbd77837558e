"""The event loop that the settings name."""

import asyncio
from collections.abc import Callable
from importlib import import_module

from eventyard.errors import SettingsError

__all__ = ["loop_factory"]


def loop_factory(name: str) -> Callable[[], asyncio.AbstractEventLoop]:
    """What makes the event loop ``name``: ``auto``, ``asyncio`` or ``uvloop``.

    Raises:
        SettingsError: It is not installed.
    """
    if name == "asyncio":
        return asyncio.new_event_loop
    try:
        factory: Callable[[], asyncio.AbstractEventLoop] = import_module("uvloop").new_event_loop
    except ImportError as error:
        if name == "auto":
            return asyncio.new_event_loop
        message = "loop is set to uvloop, which is not installed; eventyard[fast] brings it where it exists"
        raise SettingsError(message) from error
    return factory
