"""Paths of the machine on which the agent works, which need not be a path of this machine's kind."""

import ntpath
import posixpath
import re
from functools import lru_cache
from types import ModuleType
from typing import Final

from eventyard_claude_code.fields import usable_name

__all__ = ["absolute", "project_of"]

_WINDOWS: Final = re.compile(r"[A-Za-z]:[\\/]|\\\\")


def _flavour(path: str) -> ModuleType:
    return ntpath if _WINDOWS.match(path) else posixpath


def absolute(path: str, cwd: str | None) -> str:
    """``path`` as seen from the working directory, so that one file has one name."""
    flavour = _flavour(cwd or path)
    if cwd is None or path.startswith("~") or _WINDOWS.match(path) or flavour.isabs(path):
        return path
    joined: str = flavour.normpath(flavour.join(cwd, path))
    return joined


# A session stays in a few directories.
@lru_cache(maxsize=256)
def project_of(cwd: str | None) -> str | None:
    """The name of the project: the last part of the working directory."""
    if cwd is None:
        return None
    flavour = _flavour(cwd)
    return usable_name(flavour.basename(flavour.normpath(cwd)))
