"""A schema as a document of plain JSON values, which is what the engines take."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson

from eventyard.errors import SchemaError
from eventyard.schemas.formats import FORMATS
from eventyard.schemas.pointer import json_pointer
from eventyard.schemas.subschemas import subschemas

__all__ = ["check_formats", "metaschema_errors", "name_of", "plain_document"]

_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"


def plain_document(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of ``schema`` of plain JSON values: tuples become arrays, other mappings become objects.

    Raises:
        SchemaError: It has values that JSON does not have.
    """
    try:
        document = orjson.loads(orjson.dumps(schema, default=_plain))
    except (TypeError, ValueError) as error:
        message = f"{name_of(schema)} is no JSON: {error}"
        raise SchemaError(message) from error
    if not isinstance(document, dict):
        message = f"a schema is a JSON object, not {type(schema).__name__}"
        raise SchemaError(message)
    return document


def metaschema_errors(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Where ``document`` is no valid schema of draft 2020-12: JSON pointers, each with what is wrong there."""
    if _is_surely_valid(document):
        return
    # 50 ms and 4 MB to import, for messages that hardly any start needs.
    from jsonschema import Draft202012Validator  # noqa: PLC0415
    from jsonschema.exceptions import best_match  # noqa: PLC0415

    for error in Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(document):
        # What is wrong with one of the forms that are allowed tells more than that none fits.
        worst = best_match([error])
        yield json_pointer(worst.absolute_path), worst.message


def _is_surely_valid(document: Mapping[str, Any]) -> bool:
    """Whether the fast engine, where it is installed, has nothing against ``document``."""
    try:
        from jsonschema_rs import meta  # noqa: PLC0415
    except ImportError:
        return False
    # Of another draft, it would be checked against that.
    return document.get("$schema", _DRAFT) == _DRAFT and meta.is_valid({**document, "$schema": _DRAFT})


def check_formats(document: Mapping[str, Any]) -> None:
    """Check that ``document``, a valid schema, uses only the formats that both engines know.

    Raises:
        SchemaError: It names another format, which an engine might silently ignore.
    """
    for path, each in subschemas(document):
        if isinstance(each, Mapping) and each.get("format", "date") not in FORMATS:
            message = (
                f"{name_of(document)}: unknown format {each['format']!r} at {json_pointer(path) or 'the root'}; "
                f"expected one of {', '.join(sorted(FORMATS))}"
            )
            raise SchemaError(message)


def name_of(schema: object) -> str:
    """How errors call ``schema``."""
    identity = schema.get("$id") if isinstance(schema, Mapping) else None
    return f"schema {identity!r}" if isinstance(identity, str) else "a schema without $id"


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    message = f"{type(value).__name__} is no JSON value"
    raise TypeError(message)
