"""The command: ``python -m benchmarks``, see ``--help``."""

import fnmatch
import os
import sys
from pathlib import Path

import click

from benchmarks.case import Bench, Case
from benchmarks.contenders import Installation
from benchmarks.machine import describe
from benchmarks.report import report
from benchmarks.results import Results
from benchmarks.runner import measure
from benchmarks.scenarios import all_cases
from benchmarks.server import LOAD_CORE, can_pin, on_core, raise_file_limit

__all__ = ["main"]


@click.command()
@click.argument("patterns", nargs=-1, metavar="[CASE…]")
@click.option("--quick", is_flag=True, help="The most telling cases once, each for a short time.")
@click.option("--runs", type=int, metavar="N", help="How often each case is measured; the median counts.  [default: 3]")
@click.option("--seconds", type=float, metavar="S", help="How long each case is measured.  [default: 4]")
@click.option("--json", "json_file", type=click.Path(path_type=Path), metavar="FILE", help="Write all figures there.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="A setting of Eventyard.")
@click.option("--python", default=sys.executable, metavar="PROGRAM", help="The Python that Eventyard is installed for.")
@click.option("--by-cpu", is_flag=True, help="Judge rates by the servers' processor time: for machines in use.")
@click.option("--list", "list_only", is_flag=True, help="List the cases.")
def main(
    *,
    patterns: tuple[str, ...],
    quick: bool,
    runs: int | None,
    seconds: float | None,
    json_file: Path | None,
    settings: tuple[str, ...],
    python: str,
    by_cpu: bool,
    list_only: bool,
) -> None:
    """Measure Eventyard and its peers on this machine, in turn and on the same core.

    CASE is the name of a case, or a pattern for several: 'fanout/*/50/*', 'ingest/*'. The peer on Node.js needs the
    packages of benchmarks/peers/package.json; BENCHMARK_NODE names the folder that they are installed in.
    BENCHMARK_CLAUDE_MPM names a Python that claude-mpm is installed for, to have it measured too.
    """
    cases = _chosen(patterns, quick=quick)
    if list_only:
        click.echo("\n".join(case.name for case in cases))
        return
    node = os.environ.get("BENCHMARK_NODE")
    installation = Installation(
        python=python,
        claude_mpm=os.environ.get("BENCHMARK_CLAUDE_MPM"),
        node_modules=Path(node).resolve() if node else None,
        settings=dict(each.partition("=")[::2] for each in settings),
    )
    pinned = can_pin()
    seconds = seconds or (1.5 if quick else 4.0)
    results = Results(describe(pinned=pinned), seconds)
    raise_file_limit()
    with on_core(LOAD_CORE if pinned else None), Bench.open(installation, seconds, pinned=pinned) as bench:
        measure(bench, cases, results, runs or (1 if quick else 3), lambda text: click.echo(text, err=True))
    click.echo(report(results, by_cpu=by_cpu))
    if json_file is not None:
        results.write(json_file)
    if results.problems:
        sys.exit(1)


def _chosen(patterns: tuple[str, ...], *, quick: bool) -> list[Case]:
    cases = all_cases()
    if not patterns:
        return [case for case in cases if not case.slow and (case.quick or not quick)]
    chosen = [case for case in cases if any(fnmatch.fnmatch(case.name, pattern) for pattern in patterns)]
    if not chosen:
        message = f"no case is named {' or '.join(patterns)}; --list lists them"
        raise click.UsageError(message)
    return chosen


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
