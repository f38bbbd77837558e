"""Whether Claude Code is set up to report to a server, by its settings files."""

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from eventyard import Finding

from eventyard_claude_code.settings_block import COMMAND_HOOKS, HOOK_PATH, HTTP_HOOKS, TOKEN_VARIABLE
from eventyard_claude_code.settings_files import HookHandler, SettingsFile, settings_files

__all__ = ["look_at_connection"]

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})

#: Longer than this, in seconds, and a server that hangs holds Claude Code up. Without a setting it waits ten minutes.
_LONGEST_TIMEOUT: Final = 10

_MOST_NAMES: Final = 5

_BLOCK: Final = "put the block that eventyard serve prints into ~/.claude/settings.json"


def look_at_connection(url: str, *, needs_token: bool, directory: Path) -> Iterator[Finding]:
    """What Claude Code, started in ``directory``, is told about the server at ``url``."""
    paths = settings_files(directory)
    found = [SettingsFile.read(path, is_managed=path == paths[-1]) for path in paths]
    files = [file for file in found if file is not None]
    for file in files:
        if file.failure:
            yield Finding("problem", f"{file.path} cannot be read: {file.failure}", "mend it")
    handlers = [handler for file in files for handler in file.handlers()]
    ours = [handler for handler in handlers if _place(handler.address) == _place(url)]
    if not ours:
        yield _not_connected(url, handlers, files)
        return
    yield _which_hooks(ours)
    yield from _what_forbids(ours, files)
    if needs_token:
        yield from _tokens(ours)
    yield from _what_costs(ours)


def _not_connected(url: str, handlers: Sequence[HookHandler], files: Sequence[SettingsFile]) -> Finding:
    if handlers:
        others = ", ".join(sorted({handler.address.removesuffix(HOOK_PATH) for handler in handlers}))
        return Finding("problem", f"the hooks of Claude Code report to {others}, and the server is {url}", _BLOCK)
    read = ", ".join(str(file.path) for file in files) or "no settings file is there"
    return Finding("warning", f"Claude Code is not connected: no hook reports to {HOOK_PATH} ({read})", _BLOCK)


def _which_hooks(ours: Sequence[HookHandler]) -> Finding:
    names = {handler.hook for handler in ours}
    missing = [name for name in sorted((*HTTP_HOOKS, *COMMAND_HOOKS)) if name not in names]
    if missing:
        text = f"{len(names)} hooks of Claude Code report to the server, and these do not: {_named(missing)}"
        return Finding("warning", text, _BLOCK)
    return Finding("ok", f"{len(names)} hooks of Claude Code report to the server")


def _what_forbids(ours: Sequence[HookHandler], files: Sequence[SettingsFile]) -> Iterator[Finding]:
    for file in files:
        if file.settings.get("disableAllHooks") is True:
            yield Finding("problem", f"{file.path} has disableAllHooks: no hook is called", "take it out")
        managed = {handler.hook for handler in file.handlers()} if file.is_managed else set()
        if file.is_managed and file.settings.get("allowManagedHooksOnly") is True and not managed:
            text = f"{file.path} has allowManagedHooksOnly, and no hook that reports to the server"
            yield Finding("problem", text, "ask whoever administers this machine")
    lists = [file.settings["allowedHttpHookUrls"] for file in files if "allowedHttpHookUrls" in file.settings]
    patterns = [pattern for each in lists if isinstance(each, list) for pattern in each if isinstance(pattern, str)]
    addresses = {handler.address for handler in ours if handler.is_http}
    forbidden = sorted(each for each in addresses if not any(_allows(pattern, each) for pattern in patterns))
    if lists and forbidden:
        text = f"allowedHttpHookUrls does not list {', '.join(forbidden)}, so that nothing is posted there"
        yield Finding("problem", text, "add it in the settings file that has the list")


def _tokens(ours: Sequence[HookHandler]) -> Iterator[Finding]:
    without = sorted({handler.hook for handler in ours if not _sends_token(handler)})
    if without:
        yield Finding(
            "problem", f"the server asks for a token, which these hooks do not send: {_named(without)}", _BLOCK
        )
    if not os.environ.get(TOKEN_VARIABLE):
        text = f"{TOKEN_VARIABLE} is not set here; Claude Code sends it from its own environment"
        yield Finding("warning", text, f"set {TOKEN_VARIABLE} where Claude Code is started")


def _sends_token(handler: HookHandler) -> bool:
    if not handler.is_http:
        return "authorization" in str(handler.settings.get("command")).lower()
    headers, allowed = handler.settings.get("headers"), handler.settings.get("allowedEnvVars")
    if not isinstance(headers, dict):
        return False
    value = next((text for name, text in headers.items() if name.lower() == "authorization"), None)
    variables = re.findall(r"\$\{?(\w+)", value) if isinstance(value, str) else [""]
    # Claude Code leaves a variable empty that it is not allowed to use.
    return all(isinstance(allowed, list) and name in allowed for name in variables)


def _what_costs(ours: Sequence[HookHandler]) -> Iterator[Finding]:
    slow = sorted({handler.hook for handler in ours if not _is_short(handler.settings.get("timeout"))})
    if slow:
        text = f"these hooks may hold Claude Code up for more than {_LONGEST_TIMEOUT} seconds: {_named(slow)}"
        yield Finding("warning", text, 'give them "timeout": 2')
    unheard = sorted({handler.hook for handler in ours if handler.is_http and handler.hook in COMMAND_HOOKS})
    if unheard:
        text = f"Claude Code takes commands only for {' and '.join(unheard)}, and these are of the type http"
        yield Finding("warning", text, _BLOCK)
    if any(not handler.is_http for handler in ours) and shutil.which("curl") is None:
        yield Finding("problem", "some hooks need curl, which is not installed", "install curl")
    # Claude Code runs equal handlers once.
    twice = sorted(
        {one.hook for one in ours for other in ours if one.hook == other.hook and one.address != other.address}
    )
    if twice:
        text = f"these hooks report twice, under two names of the server: {_named(twice)}"
        yield Finding("warning", text, "take one of them out: it counts once, and costs twice")


def _named(hooks: Sequence[str]) -> str:
    """Names for a line of a terminal."""
    if len(hooks) <= _MOST_NAMES:
        return ", ".join(hooks)
    return f"{', '.join(hooks[:_MOST_NAMES])} and {len(hooks) - _MOST_NAMES} more"


def _place(url: str) -> tuple[str | None, int | None]:
    """Host and port; all names of this machine are one."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return url, None
    return ("localhost" if parts.hostname in _LOOPBACK else parts.hostname), port


def _allows(pattern: str, address: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), address) is not None


def _is_short(timeout: object) -> bool:
    return isinstance(timeout, int | float) and timeout <= _LONGEST_TIMEOUT
