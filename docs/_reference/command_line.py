"""The page about the command line: the help of each command, as it prints it."""

from collections.abc import Iterator
from typing import Final

import click
from eventyard.cli import main

__all__ = ["page"]

_HEAD: Final = """# Command line

What `--help` says. Every listing has `--json`. Commands end with 0 when it is done, with 1 when they found something
wrong, and with 2 when they were used wrongly.
"""


def page() -> str:
    """The page."""
    return "\n".join([_HEAD, *_command(main, click.Context(main, info_name="eventyard", **main.context_settings))])


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    path = context.command_path
    # The terminal that the page is made in must not show.
    context.terminal_width = context.max_content_width = 100
    yield from (f"## {path}", "", "```text", command.get_help(context).rstrip(), "```", "")
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _command(inner, click.Context(inner, info_name=name, parent=context))
