"""Schemas named on the command line: files, folders, revisions of Git, the standard input."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eventyard.schemas import SchemaFile

__all__ = ["read_sources", "shared_schemas"]


def read_sources(names: Iterable[str]) -> Iterator["SchemaFile"]:
    """The schemas in ``names``: files, folders, ``git:<revision>:<path>``, and ``-`` for the standard input.

    Raises:
        SchemaError: One of them is not there, or a folder without a schema.
    """
    from eventyard.schemas import PREFIX, parse_schema, read_revision, read_schemas
    from eventyard.schemas.files import MAX_BYTES

    for name in names:
        if name == "-":
            yield parse_schema("stdin", sys.stdin.buffer.read(MAX_BYTES + 1))
        elif name.startswith(PREFIX):
            yield from read_revision(name)
        else:
            yield from read_schemas(Path(name))


def shared_schemas() -> list[dict[str, Any]]:
    """The schemas that others may refer to."""
    from eventyard_schemas import read_schema

    from eventyard.schemas import SHARED

    return [read_schema(name) for name in SHARED]
