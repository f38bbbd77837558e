"""The settings files of Claude Code, as far as hooks go."""

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from eventyard_claude_code.settings_block import HOOK_PATH

__all__ = ["HookHandler", "SettingsFile", "settings_files"]

#: Where an administrator's settings are, by platform.
_MANAGED: Final = {
    "darwin": "/Library/Application Support/ClaudeCode/managed-settings.json",
    "win32": "C:/Program Files/ClaudeCode/managed-settings.json",
}

_ADDRESS: Final = re.compile(r"https?://[^\s'\"]+?" + re.escape(HOOK_PATH))


@dataclass(frozen=True, slots=True)
class HookHandler:
    """A handler of a hook that reports to an Eventyard.

    Attributes:
        hook: Name of the hook.
        address: Where it posts to.
        settings: What the file says of it.
    """

    hook: str
    address: str
    settings: Mapping[str, Any]

    @property
    def is_http(self) -> bool:
        """Whether Claude Code posts by itself, without a command."""
        return self.settings.get("type") == "http"


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """A settings file that is there.

    Attributes:
        path: Where it is.
        is_managed: Whether it is an administrator's.
        settings: What it says; nothing when it cannot be read.
        failure: Why it cannot be read; empty when it can.
    """

    path: Path
    is_managed: bool
    settings: Mapping[str, Any]
    failure: str = ""

    @classmethod
    def read(cls, path: Path, *, is_managed: bool) -> "SettingsFile | None":
        """The file at ``path``, if there is one."""
        try:
            settings = json.loads(path.read_text("utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            return cls(path, is_managed, {}, error.strerror or "it cannot be opened")
        except ValueError as error:
            return cls(path, is_managed, {}, f"it is no JSON: {error}")
        if not isinstance(settings, dict):
            return cls(path, is_managed, {}, "it is no JSON object")
        return cls(path, is_managed, settings)

    def handlers(self) -> Iterator[HookHandler]:
        """The handlers that report to an Eventyard, whichever; what has another form than it should is left out."""
        hooks = self.settings.get("hooks")
        for hook, groups in hooks.items() if isinstance(hooks, dict) else ():
            for group in groups if isinstance(groups, list) else ():
                handlers = group.get("hooks") if isinstance(group, dict) else None
                for handler in handlers if isinstance(handlers, list) else ():
                    if isinstance(handler, dict):
                        said = handler.get("url" if handler.get("type") == "http" else "command")
                        address = _ADDRESS.search(said) if isinstance(said, str) else None
                        if address:
                            yield HookHandler(hook, address[0], handler)


def settings_files(directory: Path) -> list[Path]:
    """Where Claude Code looks for settings when it is started in ``directory``; the last is an administrator's."""
    own = Path(os.environ.get("CLAUDE_CONFIG_DIR") or "~/.claude").expanduser()
    return [
        own / "settings.json",
        directory / ".claude" / "settings.json",
        directory / ".claude" / "settings.local.json",
        Path(_MANAGED.get(sys.platform, "/etc/claude-code/managed-settings.json")),
    ]
