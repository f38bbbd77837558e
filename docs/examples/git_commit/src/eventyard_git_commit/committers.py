"""Which agent is about to commit where, as its tool calls tell."""

import re
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from eventyard import Event, elapsed_ms

__all__ = ["Committer", "Committers"]

#: How many calls are remembered at most.
_CAPACITY: Final = 1000

_CALLS_GIT: Final = re.compile(r"\bgit\b.*\b(am|cherry-pick|commit|merge|pull|rebase|revert)\b", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Committer:
    """An agent that called git: its session, the subagent if it is one, the tool call, and when."""

    session: str
    agent: str | None
    correlationid: str | None
    id: str
    time: str


class Committers:
    """The agents that called git last, by the folder in which they did."""

    def __init__(self, window: float) -> None:
        """Take a commit for an agent's when it is made within ``window`` seconds of the call."""
        self._window_ms = window * 1000
        self._by_folder: OrderedDict[str, Committer] = OrderedDict()

    def watch(self, event: Event) -> None:
        """Look at a ``tool_start``: does it call git?"""
        given, folder = event.data.get("input"), event.data.get("cwd")
        command = given.get("command") if isinstance(given, dict) else None
        if event.session is None or folder is None or not isinstance(command, str) or not _CALLS_GIT.search(command):
            return
        self._by_folder[folder] = Committer(event.session, event.agent, event.correlationid, event.id, event.time)
        self._by_folder.move_to_end(folder)
        if len(self._by_folder) > _CAPACITY:
            self._by_folder.popitem(last=False)

    def of(self, event: Event) -> Committer | None:
        """Who made the commit of a ``git_commit``, if somebody called git in its folder or below just before."""
        repository = PurePath(event.data["repository"])
        for folder, committer in reversed(self._by_folder.items()):
            elapsed = elapsed_ms(committer.time, event.time)
            if elapsed is not None and elapsed <= self._window_ms and PurePath(folder).is_relative_to(repository):
                return committer
        return None
