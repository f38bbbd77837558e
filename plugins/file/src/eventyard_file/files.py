"""The files that were touched last."""

from collections import Counter, OrderedDict
from typing import Any

from eventyard import Event

from eventyard_file.file import TouchedFile

__all__ = ["TouchedFiles"]


class TouchedFiles:
    """The files that were touched last, by path."""

    def __init__(self, *, file_limit: int) -> None:
        """Keep at most ``file_limit`` files; the one that was touched longest ago makes room."""
        self._file_limit = file_limit
        self._files: OrderedDict[str, TouchedFile] = OrderedDict()
        self._counts: Counter[str] = Counter()

    def touch(self, event: Event) -> None:
        """Take in a ``file_operation``."""
        path = event.data["path"]
        self._files.setdefault(path, TouchedFile(path)).touch(event)
        self._files.move_to_end(path)
        if len(self._files) > self._file_limit:
            self._files.popitem(last=False)
        self._counts[event.data["operation"]] += 1

    def to_json(self) -> dict[str, Any]:
        """The files as a JSON object, what was touched last at the end; the counts are of all operations."""
        return {"files": [file.to_json() for file in self._files.values()], "counts": dict(self._counts)}
