"""A click group whose commands are imported when they are needed."""

import errno
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from eventyard.cli.standard_streams import drop_output, flush_output, is_of_output, open_closed_streams
from eventyard.errors import EventyardError
from eventyard.spelling import did_you_mean

__all__ = ["LazyGroup"]


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is run or its help is shown.

    An :class:`EventyardError` of a command is shown as ``Error: …`` without a traceback, with the exit code 2; a file
    that cannot be used, or a standard output that cannot be written, with the exit code 1. Any other exception is a
    defect and keeps its traceback.
    """

    def __init__(self, *args: Any, homes: Mapping[str, str], **options: Any) -> None:
        """Make a group.

        Args:
            args: As for :class:`click.Group`.
            homes: For each command, in the order of the help page, the module that has it under its own name, with
                underscores for the hyphens.
            options: As for :class:`click.Group`.
        """
        super().__init__(*args, **options)
        self._homes = homes

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands, in the order that they were given in."""
        return list(self._homes)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command ``cmd_name``."""
        if cmd_name not in self._homes:
            return None
        command: click.Command = getattr(import_module(self._homes[cmd_name]), cmd_name.replace("-", "_"))
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that ``args`` start with; for a misspelt one, name the nearest."""
        name = args[0]
        if name not in self._homes and not name.startswith("-"):
            ctx.fail(f"No such command {name!r}" + (did_you_mean(name, self._homes) or "."))
        return super().resolve_command(ctx, args)

    def main(self, *args: Any, **options: Any) -> Any:
        """Run the command line, and end the process."""
        open_closed_streams()
        try:
            try:
                return super().main(*args, **options)
            except SystemExit:
                flush_output()
                raise
        except OSError as error:
            if error.filename is not None:
                place = os.fsdecode(error.filename)
            elif is_of_output(error):
                drop_output()
                place = "standard output"
            else:
                raise
            # As with all programs: whoever reads no further, as head does, knows why.
            if error.errno != errno.EPIPE:
                click.echo(f"Error: {place}: {error.strerror}", err=True)
            sys.exit(1)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except EventyardError as error:
            raise _Failure(str(error)) from error


class _Failure(click.ClickException):
    exit_code = 2
