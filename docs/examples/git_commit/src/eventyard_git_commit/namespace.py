"""The namespace ``/git`` and its state: the repositories."""

from collections.abc import Mapping
from typing import Any

from eventyard import Event, Namespace

from eventyard_git_commit.repositories import Repositories
from eventyard_git_commit.settings import DEFAULTS

__all__ = ["GitNamespace"]


class GitNamespace(Namespace):
    """Knows what was committed last to each repository, and by whom."""

    name = "/git"

    def __init__(self) -> None:
        super().__init__()
        self.configure(DEFAULTS)

    def configure(self, table: Mapping[str, Any]) -> None:
        """Take the limits of the state."""
        self._repositories = Repositories(table["repository_limit"], table["recent_limit"])

    def apply(self, event: Event) -> None:
        """Take in a commit."""
        self._repositories.commit(event)

    def snapshot(self) -> dict[str, Any]:
        """The repositories, by their folders."""
        return {"repositories": self._repositories.to_json()}
