"""Schema files: what is read from them, and where they lie."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from eventyard.errors import SchemaError
from eventyard.schemas.finding import Finding
from eventyard.schemas.identity import SchemaIdentity

__all__ = ["MAX_BYTES", "SchemaFile", "is_schema_name", "parse_schema", "read_schemas"]

#: How many bytes a schema may have.
MAX_BYTES: Final = 1 << 20

#: How much of a name is told.
_SHOWN: Final = 64

_VERSIONED: Final = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+\.json")


@dataclass(frozen=True, slots=True)
class SchemaFile:
    """A schema as it lies in a file.

    Attributes:
        name: What it is called before findings, most often its path.
        document: The schema; ``None`` when ``problem`` says why there is none.
        problem: What keeps it from being read.
        place: The last folder and the name of the file without ``.json``, which should be type and version; ``None``
            for what is no file.
    """

    name: str
    document: dict[str, Any] | None
    problem: Finding | None = None
    place: tuple[str, str] | None = None

    @property
    def identity(self) -> SchemaIdentity | None:
        """Its ``$id``, taken apart; ``None`` when it has none, or one of another form."""
        try:
            return SchemaIdentity.parse((self.document or {}).get("$id", ""))
        except (TypeError, ValueError):
            return None


def is_schema_name(path: str) -> bool:
    """Whether a file of that path, in a folder, is taken for a schema: its name is a version."""
    return _VERSIONED.fullmatch(path.rpartition("/")[2]) is not None


def read_schemas(path: Path) -> Iterator[SchemaFile]:
    """The schema in the file ``path``, or all in the folder ``path``: the files ``<type>/<version>.json`` in it.

    Raises:
        SchemaError: There is no such file or folder, or the folder has no schema.
    """
    found = [path]
    if path.is_dir():
        # Links are not followed: they may lead in a circle.
        found = sorted(each for each in path.rglob("*.json") if is_schema_name(each.name) and not each.is_symlink())
        if not found:
            message = f"no schema below {path}: expected files named <type>/<major>.<minor>.<patch>.json"
            raise SchemaError(message)
    for each in found:
        try:
            with each.open("rb") as stream:
                content = stream.read(MAX_BYTES + 1)
        except OSError as error:
            message = f"{each} cannot be read: {error.strerror or error}"
            raise SchemaError(message) from error
        absolute = each.absolute()
        yield parse_schema(str(each), content, (absolute.parent.name, absolute.name.removesuffix(".json")))


def parse_schema(name: str, content: bytes, place: tuple[str, str] | None = None) -> SchemaFile:
    """The schema in ``content``; see :class:`SchemaFile` for the other arguments."""
    if len(content) > MAX_BYTES:
        return SchemaFile(name, None, Finding("size", "", f"it has more than {MAX_BYTES} bytes"), place)
    try:
        document = json.loads(content.decode(), object_pairs_hook=_object, parse_constant=_refuse)
    except RecursionError:
        return SchemaFile(name, None, Finding("size", "", "its objects and arrays are nested too deep"), place)
    except UnicodeDecodeError:
        return SchemaFile(name, None, Finding("json", "", "it is not UTF-8"), place)
    except json.JSONDecodeError as error:
        reason = f"it is no JSON: {error.msg[0].lower()}{error.msg[1:]} at line {error.lineno}, column {error.colno}"
        return SchemaFile(name, None, Finding("json", "", reason), place)
    except ValueError as error:
        return SchemaFile(name, None, Finding("json", "", str(error)), place)
    if not isinstance(document, dict):
        return SchemaFile(name, None, Finding("json", "", "it is no JSON object"), place)
    return SchemaFile(name, document, place=place)


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in members:
        if name in found:
            message = f"the member {name[:_SHOWN]!r} stands twice in one object"
            raise ValueError(message)
        found[name] = value
    return found


def _refuse(constant: str) -> Any:
    message = f"it is no JSON: {constant} is no number"
    raise ValueError(message)
