"""The check of a schema in its file: the profile, its place, and its examples one by one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from eventyard.errors import SchemaError
from eventyard.schemas.engine import Engine
from eventyard.schemas.files import SchemaFile, is_schema_name
from eventyard.schemas.finding import Finding
from eventyard.schemas.pointer import json_pointer
from eventyard.schemas.profile import check_schema

__all__ = ["check_document", "check_file"]


def check_file(file: SchemaFile, shared: Sequence[Mapping[str, Any]], engine: Engine) -> list[Finding]:
    """What is wrong with the schema in ``file``, errors first.

    Args:
        file: The schema.
        shared: Schemas that it may refer to by their ``$id``.
        engine: Checks the examples.
    """
    if file.document is None:
        return [] if file.problem is None else [file.problem]
    found = [*check_document(file.document, file.document.get("examples", ()), shared, engine), *_place(file)]
    return sorted(found, key=lambda finding: finding.warning)


def check_document(
    document: Mapping[str, Any], examples: Iterable[Any], shared: Sequence[Mapping[str, Any]], engine: Engine
) -> list[Finding]:
    """Where ``document`` breaks a rule; ``examples``, those of its event type, are checked when the profile is kept."""
    try:
        found = check_schema(document, shared)
        if not all(finding.warning for finding in found):
            return found
        validator = engine.compile(document, shared)
    except SchemaError as error:
        return [Finding("json", "", str(error))]
    for index, example in enumerate(examples):
        place = json_pointer(["examples", index])
        found += [Finding("example", issue.pointer, issue.message) for issue in validator.issues(example, place)]
    return found


def _place(file: SchemaFile) -> Iterator[Finding]:
    if file.place is None or file.identity is None:
        return
    expected = file.identity.type, file.identity.version
    if file.place == expected:
        return
    where = "/".join(expected)
    if is_schema_name(f"{file.place[1]}.json"):
        reason = f"$id is {file.identity.id}, so the file is expected at {where}.json, not {'/'.join(file.place)}.json"
        yield Finding("place", "/$id", reason)
    else:
        yield Finding("home", "/$id", f"the file is expected at {where}.json")
