"""The event type of file operations, and the namespace ``/files``."""

from eventyard_file.namespace import FileNamespace
from eventyard_file.plugin import FilePlugin

__all__ = ["FileNamespace", "FilePlugin"]
