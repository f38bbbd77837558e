"""The public plugin interface: hook specifications and their markers."""

from eventyard.hooks.finding import LEVELS, Finding, Level
from eventyard.hooks.handler import CORE_EVENTS, Handler
from eventyard.hooks.markers import ENTRY_POINT_GROUP, PROJECT, hookimpl, hookspec
from eventyard.hooks.specification import MaybeAwaitable, Plugin

__all__ = [
    "CORE_EVENTS",
    "ENTRY_POINT_GROUP",
    "LEVELS",
    "PROJECT",
    "Finding",
    "Handler",
    "Level",
    "MaybeAwaitable",
    "Plugin",
    "hookimpl",
    "hookspec",
]
