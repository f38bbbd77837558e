"""The plugin: its event type, its namespace, and what it adds to commits."""

from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import PurePath
from typing import Any

from eventyard import BufferPolicy, Event, EventType, Namespace, Plugin, hookimpl

from eventyard_git_commit.committers import Committers
from eventyard_git_commit.namespace import GitNamespace
from eventyard_git_commit.settings import DEFAULTS, SCHEMA

__all__ = ["GitCommitPlugin"]

SCHEMAS = files("eventyard_git_commit") / "schemas"


class GitCommitPlugin(Plugin):
    """Commits, and the agents that made them."""

    config_schema = SCHEMA
    #: Commits, which are its own, and the tool calls that make them.
    applies_to = ("git_commit", "tool_start")

    def __init__(self) -> None:
        self.configure(DEFAULTS)

    def configure(self, table: Mapping[str, Any]) -> None:
        """Take the window within which a commit is an agent's."""
        self._committers = Committers(table["attribution_window"])

    @hookimpl
    def event_types(self) -> Iterable[EventType]:
        """A commit is kept until a client has had it."""
        return [
            EventType(
                name="git_commit",
                schema=SCHEMAS / "git_commit" / "1.0.0.json",
                namespace=GitNamespace.name,
                policy=BufferPolicy.buffer_if_no_clients(),
            )
        ]

    @hookimpl
    def namespaces(self) -> Iterable[type[Namespace]]:
        """The handler of ``/git``."""
        return [GitNamespace]

    @hookimpl
    def enrich(self, event: Event) -> Mapping[str, Any] | None:
        """Add to a commit the repository's name, and the session, agent and tool call that it comes from."""
        if event.type == "tool_start":
            self._committers.watch(event)
            return None
        name = PurePath(event.data["repository"]).name
        # A folder may be called what the envelope does not take.
        usable = name if 0 < len(name) <= 256 and name.isprintable() else None
        added: dict[str, Any] = {"subject": usable, "project": usable}
        # An agent is added as a whole or not at all: half of one would be wrong.
        if event.session is None and event.agent is None and (committer := self._committers.of(event)) is not None:
            added |= {
                "session": committer.session,
                "agent": committer.agent,
                "correlationid": committer.correlationid,
                "causationid": committer.id,
            }
        return added
