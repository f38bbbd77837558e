"""A progress bar for the reading of a file, on a terminal only."""

import sys
from types import TracebackType
from typing import IO, Any, Self

import click

__all__ = ["Progress"]

_CLEAR_LINE = "\r\x1b[K"


class Progress:
    """A bar on standard error that shows how much of a file was read.

    There is none when standard error is no terminal, or the size of the file is not known.
    """

    def __init__(self, file: IO[bytes] | None, label: str) -> None:
        """Make a bar for ``file``, read from its start; ``None`` is no file at all."""
        self._file = file
        self._bar: Any = None
        if file is not None and sys.stderr.isatty() and file.seekable():
            size = file.seek(0, 2)
            file.seek(0)
            self._bar = click.progressbar(length=size, label=label, file=sys.stderr)

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.__exit__(kind, error, trace)

    def advance(self) -> None:
        """Show how far the file has been read."""
        if self._bar is not None and self._file is not None:
            self._bar.update(self._file.tell() - self._bar.pos)

    def tell(self, line: str) -> None:
        """Write a line to standard error, in place of the bar, which comes back below it."""
        click.echo(line if self._bar is None else f"{_CLEAR_LINE}{line}", err=True, color=True if self._bar else None)
