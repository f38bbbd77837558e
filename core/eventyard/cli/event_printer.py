"""Followed events on a terminal, or as lines of JSON."""

import json
import shutil
import sys
from collections.abc import AsyncIterator

import click

from eventyard.cli.event_line import event_line
from eventyard.client import Gap, Lost, Message, Ready, Received

__all__ = ["EventPrinter"]

# Columns of a line that goes to a file or a program.
_WIDTH = 200


class EventPrinter:
    """Writes events to standard output, and what happens to the connection to standard error."""

    def __init__(self, *, as_json: bool) -> None:
        """Make a printer of lines of JSON or of text."""
        self._as_json = as_json
        self._is_lost = False

    async def print_all(self, messages: AsyncIterator[Message], count: int | None) -> None:
        """Print ``messages``, all of them or until ``count`` events were printed."""
        left = count
        async for message in messages:
            match message:
                case Received():
                    self._event(message)
                    left = None if left is None else left - 1
                case Gap():
                    self._say(f"gap: {message}", "yellow")
                case Lost():
                    self._is_lost = True
                    self._say("connection lost; connecting again …", "yellow")
                case Ready() if self._is_lost:
                    self._is_lost = False
                    self._say("connected again", "green")
            if left == 0:
                return

    def _event(self, event: Received) -> None:
        if self._as_json:
            click.echo(json.dumps(event.to_dict(), separators=(",", ":")))
        else:
            width = shutil.get_terminal_size().columns if sys.stdout.isatty() else _WIDTH
            click.echo(event_line(event.namespace, event, width))

    @staticmethod
    def _say(text: str, colour: str) -> None:
        click.secho(text, err=True, fg=colour)
