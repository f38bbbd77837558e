"""The command ``eventyard``.

Exit codes: 0 it is done, 1 something wrong was found (invalid events, a quarantined plugin), 2 the command was used
wrongly or could not do its work.
"""

import os

import click

from eventyard import __version__
from eventyard.cli.lazy_group import LazyGroup

__all__ = ["main"]


@click.group(
    cls=LazyGroup,
    homes={
        "serve": "eventyard.cli.serve",
        "emit": "eventyard.cli.emit",
        "tail": "eventyard.cli.tail",
        "export": "eventyard.cli.export",
        "replay": "eventyard.cli.replay",
        "schema": "eventyard.cli.schema",
        "plugins": "eventyard.cli.plugins",
        "dead-letters": "eventyard.cli.dead_letters",
        "config": "eventyard.cli.config",
        "token": "eventyard.cli.token",
        "doctor": "eventyard.cli.doctor",
    },
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="eventyard")
@click.pass_context
def main(context: click.Context) -> None:
    """See live what coding agents do."""
    if os.environ.get("NO_COLOR"):
        context.color = False
