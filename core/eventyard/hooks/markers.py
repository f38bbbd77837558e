"""The pluggy markers of the project ``eventyard``."""

from typing import Final

import pluggy

__all__ = ["ENTRY_POINT_GROUP", "PROJECT", "hookimpl", "hookspec"]

#: The name under which pluggy keeps hook specifications and implementations apart from those of other projects.
PROJECT: Final = "eventyard"

#: The entry-point group in which distributions announce their plugins.
ENTRY_POINT_GROUP: Final = "eventyard.plugins"

hookspec: Final = pluggy.HookspecMarker(PROJECT)

#: Marks a method of a plugin as the implementation of the hook of the same name.
hookimpl: Final = pluggy.HookimplMarker(PROJECT)
