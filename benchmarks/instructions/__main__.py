"""The command: ``python -m benchmarks.instructions``, see ``--help``."""

import sys

import click

from benchmarks.instructions.baseline import Baseline, environment
from benchmarks.instructions.counting import NoValgrind, count_instructions

__all__ = ["main"]


@click.command()
@click.option("--update", is_flag=True, help="Make the counts of today the baseline.")
def main(*, update: bool) -> None:
    """Count the instructions of the hot functions, and hold them against the baseline.

    Exits with 1 when one of them takes more than it may, or when the baseline is of another environment.
    """
    baseline = Baseline.read()
    if not update and (foreign := baseline.foreign()):
        raise click.ClickException(
            f"counts of different environments cannot be compared: {'; '.join(foreign)}. "
            "Count with --update at a commit that you trust, then compare"
        )
    try:
        counts = count_instructions()
    except NoValgrind as error:
        raise click.ClickException(str(error)) from error
    changes = baseline.changes(counts)
    for change in changes:
        before = "never counted" if change.before is None else f"{change.before:>9,} {change.percent:+6.1f} %"
        mark = "  TOO MUCH" if change.is_regression and not update else ""
        click.echo(f"{change.now:>9,}  {before}  {change.name}{mark}")
    if update:
        Baseline(environment(), counts).write()
    elif any(change.is_regression for change in changes):
        click.echo("If that is worth it, say why in the commit, and make it the baseline with --update.")
        sys.exit(1)
    elif any(change.percent < -change.tolerance for change in changes):
        click.echo("Some take less: --update makes that the baseline, so that it stays so.")


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.instructions")
