"""The namespace ``/files`` and its state: the files that were touched last."""

from collections.abc import Mapping
from typing import Any

from eventyard import Event, Namespace

from eventyard_file.files import TouchedFiles
from eventyard_file.settings import DEFAULTS

__all__ = ["FileNamespace"]


class FileNamespace(Namespace):
    """Knows the last operation of each file, and how many there were of each kind.

    An operation that came while nobody listened was dropped and is not counted.
    """

    name = "/files"

    def __init__(self) -> None:
        super().__init__()
        self.configure(DEFAULTS)

    def configure(self, table: Mapping[str, Any]) -> None:
        """Take the limit of the state."""
        self._files = TouchedFiles(file_limit=table["file_limit"])

    def apply(self, event: Event) -> None:
        """Take in one operation."""
        if event.type == "file_operation":
            self._files.touch(event)

    def snapshot(self) -> dict[str, Any]:
        """The files: ``files`` and ``counts``."""
        return self._files.to_json()
