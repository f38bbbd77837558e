"""``eventyard schema infer``: schemas made of recorded events."""

import json
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from eventyard.schemas.infer import Inference

__all__ = ["infer"]


@click.command()
@click.argument("files", metavar="FILE...", type=click.File("rb"), nargs=-1, required=True)
@click.option("--type", "types", metavar="TYPE", multiple=True, help="Only events of this type; repeatable.")
@click.option("--out", metavar="FOLDER", help="Write <type>/1.0.0.json below this folder; nothing is overwritten.")
@click.option(
    "--id", "prefix", metavar="PREFIX", default="urn:eventyard:", show_default=True, help="How each $id begins."
)
@click.option("--no-examples", is_flag=True, help="Leave out examples: they are payloads of the recording as they are.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def infer(
    *,
    files: tuple[IO[bytes], ...],
    types: tuple[str, ...],
    out: str | None,
    prefix: str,
    no_examples: bool,
    as_json: bool,
) -> None:
    """Make a schema for each event type in FILEs: a draft to be named, described and trimmed by hand.

    A FILE, or - for the standard input, holds events as `eventyard export` writes them: a JSON object, a JSON array, or
    one event a line. The schemas accept all of these events, and keep to the rules of `eventyard schema check`.

    Ends with 1 when something in FILEs is no event, or there is none at all.
    """
    from eventyard.cli.recorded_payloads import read_payloads
    from eventyard.schemas import SchemaIdentity
    from eventyard.schemas.infer import Inference

    made: dict[str, Inference] = {}
    problems: list[str] = []
    for payload in read_payloads(files):
        if payload.problem is not None:
            problems.append(f"{payload.place}: {payload.problem}")
        elif not types or payload.type in types:
            made.setdefault(payload.type, Inference()).see(payload.data)
    try:
        identities = {name: SchemaIdentity.parse(f"{prefix}{name}/1.0.0") for name in sorted(made)}
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--id") from error
    schemas = {name: made[name].schema(identity, examples=not no_examples) for name, identity in identities.items()}
    if out is not None:
        _write(schemas, Path(out))
    if as_json:
        counts = {name: made[name].count for name in schemas}
        click.echo(json.dumps({"events": counts, "schemas": schemas, "problems": problems}, indent=2))
    else:
        _tell(schemas, made, problems, out)
    if problems or not schemas:
        sys.exit(1)


def _write(schemas: dict[str, dict[str, Any]], folder: Path) -> None:
    from eventyard.errors import SchemaError

    paths = {name: folder / name / "1.0.0.json" for name in schemas}
    for path in paths.values():
        if path.exists():
            message = f"{path} is there already; make the schema elsewhere and compare them by `eventyard schema diff`"
            raise SchemaError(message)
    for name, path in paths.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(schemas[name], indent=2, ensure_ascii=False) + "\n", "utf-8")
        except OSError as error:
            message = f"{path} cannot be written: {error.strerror or error}"
            raise SchemaError(message) from error


def _tell(
    schemas: dict[str, dict[str, Any]], made: "dict[str, Inference]", problems: list[str], out: str | None
) -> None:
    for problem in problems:
        click.echo(problem, err=True)
    for name, schema in schemas.items():
        if out is None:
            click.echo(json.dumps(schema, indent=2, ensure_ascii=False))
        else:
            click.echo(f"{Path(out) / name / '1.0.0.json'}: from {made[name].count} events")
    if not schemas:
        click.echo("no events", err=True)
