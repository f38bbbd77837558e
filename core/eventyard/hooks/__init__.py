"""The public plugin interface: hook specifications and their markers."""

from eventyard.hooks.markers import ENTRY_POINT_GROUP, PROJECT, hookimpl, hookspec
from eventyard.hooks.specification import MaybeAwaitable, Plugin

__all__ = ["ENTRY_POINT_GROUP", "PROJECT", "MaybeAwaitable", "Plugin", "hookimpl", "hookspec"]
