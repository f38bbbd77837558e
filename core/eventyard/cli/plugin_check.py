"""``eventyard plugins check``: what is demanded of every plugin, looked at in those that are installed."""

import json
import logging
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import click

from eventyard.cli.event_line import printable
from eventyard.errors import PluginError

if TYPE_CHECKING:
    from eventyard.conformance import Candidate, Verdict

__all__ = ["check"]

_ASSIGNMENT: Final = re.compile(r"plugin\.(?P<plugin>[^.=]+)\.(?P<key>[^=]+)=(?P<value>.*)", re.DOTALL)
_COLOURS = {"failed": "red", "passed": "green", "skipped": "bright_black", "warned": "yellow"}


@click.command()
@click.argument("names", metavar="DISTRIBUTION...", nargs=-1)
@click.option("--all", "all_of_them", is_flag=True, help="Check all plugins that are installed.")
@click.option("--strict", is_flag=True, help="Take warnings for errors.")
@click.option(
    "--set",
    "assignments",
    metavar="plugin.NAME.KEY=VALUE",
    multiple=True,
    help="A setting of a plugin; without it, each has its defaults, whatever is configured. Repeatable.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(
    *, names: tuple[str, ...], all_of_them: bool, strict: bool, assignments: tuple[str, ...], as_json: bool
) -> None:
    """Check that installed plugins do what is demanded of every plugin.

    A DISTRIBUTION is the name of an installed one, or of a plugin. The checks load the plugin, alone or with those that
    it has to do with, into servers of their own, in memory and at free ports. Its hooks are called for real.

    Ends with 1 when a plugin fails a check; warnings count with --strict alone.
    """
    if bool(names) is all_of_them:
        message = "DISTRIBUTION and --all do not go together." if names else "Name a DISTRIBUTION, or use --all."
        raise click.UsageError(message)
    # What fails is told below, and not by the log besides.
    logging.getLogger("eventyard").setLevel(logging.CRITICAL)
    checked = []
    for candidate in _candidates(names, assignments):
        if not as_json:
            click.echo(printable(f"{candidate.name} ({candidate.distribution})"))
        verdicts: list[Verdict] = []
        for verdict in _verdicts(candidate):
            if not as_json:
                _tell(verdict, is_reason_known=bool(verdicts) and verdicts[-1].skipped == verdict.skipped)
            verdicts.append(verdict)
        checked.append((candidate, verdicts))
    all_verdicts = [verdict for _, verdicts in checked for verdict in verdicts]
    warnings = [objection.warning for verdict in all_verdicts for objection in verdict.objections]
    errors = len(warnings) - sum(warnings)
    if as_json:
        plugins = [_described(candidate, verdicts) for candidate, verdicts in checked]
        click.echo(json.dumps({"errors": errors, "warnings": sum(warnings), "plugins": plugins}, indent=2))
    else:
        click.echo(f"{len(checked)} plugins, {errors} errors, {sum(warnings)} warnings")
    if any(verdict.failed(strict=strict) for verdict in all_verdicts):
        sys.exit(1)


def _candidates(names: tuple[str, ...], assignments: tuple[str, ...]) -> "list[Candidate]":
    """The plugins that are meant, each once, with their settings."""
    from eventyard.conformance import Candidate, Evidence
    from eventyard.plugins import discover

    found: dict[str, Candidate] = {}
    for name in names or [plugin.name for plugin, _ in discover()]:
        try:
            found |= {candidate.name: candidate for candidate in Candidate.named(name, Evidence())}
        except PluginError as error:
            text = str(error)
            raise click.BadParameter(f"{text[0].upper()}{text[1:]}", param_hint="DISTRIBUTION") from error
    for name, table in _tables(assignments).items():
        if name not in found:
            message = f"{name!r} is none of the plugins that are checked."
            raise click.BadParameter(message, param_hint="--set")
        found[name] = replace(found[name], evidence=Evidence(settings=table))
    return list(found.values())


def _tables(assignments: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """The settings by plugin; what reads as JSON is JSON, anything else is text."""
    tables: dict[str, dict[str, Any]] = {}
    for assignment in assignments:
        match = _ASSIGNMENT.fullmatch(assignment)
        if match is None:
            message = f"expected plugin.NAME.KEY=VALUE, got {assignment!r}."
            raise click.BadParameter(message, param_hint="--set")
        try:
            value = json.loads(match["value"])
        except ValueError:
            value = match["value"]
        tables.setdefault(match["plugin"], {})[match["key"]] = value
    return tables


def _verdicts(candidate: "Candidate") -> "Iterator[Verdict]":
    import asyncio

    from eventyard.conformance import CHECKS

    return (asyncio.run(each.examine(candidate)) for each in CHECKS)


def _tell(verdict: "Verdict", *, is_reason_known: bool) -> None:
    status = click.style(verdict.status, fg=_COLOURS[verdict.status])
    why = f"  {printable(verdict.skipped)}" if verdict.skipped and not is_reason_known else ""
    click.echo(f"    {verdict.check.name:16} {status}{why}")
    for objection in verdict.objections:
        severity = "warning: " if objection.warning else ""
        click.echo(f"        {severity}{printable(str(objection))}")
    if verdict.objections:
        click.secho(f"        expected: {verdict.check.demand}; else, {verdict.check.why}", dim=True)


def _described(candidate: "Candidate", verdicts: "list[Verdict]") -> dict[str, Any]:
    distribution = candidate.distribution
    about = {"name": candidate.name, "distribution": distribution.name, "version": distribution.version}
    return {**about, "checks": [verdict.to_json() for verdict in verdicts]}
