"""The repositories that were committed to, with their last commits."""

from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import Any

from eventyard import Event

__all__ = ["Repositories"]


@dataclass(slots=True)
class _Repository:
    """One repository: what was committed to it last, and how much."""

    recent: deque[dict[str, Any]]
    commits: int = 0
    insertions: int = 0
    deletions: int = 0


class Repositories:
    """The repositories that were committed to, the latest at the end."""

    def __init__(self, repository_limit: int, recent_limit: int) -> None:
        """Keep ``repository_limit`` repositories, with ``recent_limit`` commits each."""
        self._repository_limit = repository_limit
        self._recent_limit = recent_limit
        self._by_folder: OrderedDict[str, _Repository] = OrderedDict()

    def commit(self, event: Event) -> None:
        """Take in a ``git_commit``."""
        data = event.data
        folder = data["repository"]
        repository = self._by_folder.get(folder)
        if repository is None:
            repository = self._by_folder[folder] = _Repository(deque(maxlen=self._recent_limit))
        self._by_folder.move_to_end(folder)
        if len(self._by_folder) > self._repository_limit:
            self._by_folder.popitem(last=False)
        repository.commits += 1
        repository.insertions += data.get("insertions", 0)
        repository.deletions += data.get("deletions", 0)
        repository.recent.append(
            {
                "id": event.id,
                "time": event.time,
                "sha": data["sha"],
                "summary": data["summary"],
                "branch": data.get("branch"),
                "session": event.session,
                "agent": event.agent,
            }
        )

    def to_json(self) -> dict[str, Any]:
        """The repositories as a JSON object, by their folders."""
        return {
            folder: {
                "commits": each.commits,
                "insertions": each.insertions,
                "deletions": each.deletions,
                "recent": list(each.recent),
            }
            for folder, each in self._by_folder.items()
        }
