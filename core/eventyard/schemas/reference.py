"""The reference engine: ``jsonschema``, with patterns, formats and references nailed down."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from eventyard.errors import SchemaError
from eventyard.events import Issue
from eventyard.schemas.document import check_formats, metaschema_errors, name_of, plain_document
from eventyard.schemas.formats import FORMATS
from eventyard.schemas.keywords import KEYWORDS
from eventyard.schemas.patterns import compile_pattern
from eventyard.schemas.pointer import json_pointer
from eventyard.schemas.subschemas import subschemas
from eventyard.schemas.violations import Violation, to_issues

__all__ = ["ReferenceEngine"]

_VALIDATOR: Final = extend(Draft202012Validator, dict(KEYWORDS))  # type: ignore[no-untyped-call]  # stubs lack types

#: Keywords whose value is schemas, which an issue does not tell.
_COMPOSED: Final = frozenset({"anyOf", "not", "oneOf"})


class ReferenceEngine:
    """Compiles schemas with ``jsonschema``."""

    name: Literal["jsonschema"] = "jsonschema"

    def __init__(self) -> None:
        self._formats = FormatChecker(formats=())
        for name, check in FORMATS.items():
            self._formats.checks(name)(_for_strings(check))

    def compile(self, schema: Mapping[str, Any], resources: Iterable[Mapping[str, Any]] = ()) -> "ReferenceValidator":
        """Compile ``schema``; see :meth:`.engine.Engine.compile`."""
        document = plain_document(schema)
        self._check(document)
        check_formats(document)
        # With a registry of its own, jsonschema retrieves nothing.
        registry: Registry[Any] = Registry().with_resources(
            (each["$id"], DRAFT202012.create_resource(_without_dialect(plain_document(each)))) for each in resources
        )
        document = _without_dialect(document)
        _check_references(document, registry)
        return ReferenceValidator(_VALIDATOR(document, registry=registry.crawl(), format_checker=self._formats))

    @staticmethod
    def _check(document: dict[str, Any]) -> None:
        """Refuse what jsonschema would stumble over only while it checks a value."""
        for pointer, reason in metaschema_errors(document):
            message = f"{name_of(document)} is no valid schema: {reason} at {pointer or 'the root'}"
            raise SchemaError(message)
        for path, each in subschemas(document):
            if not isinstance(each, dict):
                continue
            for pattern in (*each.get("patternProperties", ()), *([each["pattern"]] if "pattern" in each else ())):
                try:
                    compile_pattern(pattern)
                except re.error as error:
                    place = json_pointer(path) or "the root"
                    message = f"{name_of(document)}: the pattern {pattern!r} at {place} cannot be used: {error}"
                    raise SchemaError(message) from error


class ReferenceValidator:
    """A schema compiled with ``jsonschema``."""

    __slots__ = ("_validator",)

    def __init__(self, validator: Any) -> None:
        """Check with ``validator``."""
        self._validator = validator

    def is_valid(self, instance: Any) -> bool:
        """Whether ``instance`` satisfies the schema; one that is nested too deep for Python's stack does not."""
        try:
            valid: bool = self._validator.is_valid(instance)
        except RecursionError:
            return False
        return valid

    def issues(self, instance: Any, pointer: str = "") -> list[Issue]:
        """All reasons why ``instance`` does not satisfy the schema; see :meth:`.engine.Validator.issues`."""
        return to_issues(self.violations(instance), pointer)

    def violations(self, instance: Any) -> list[Violation]:
        """What the issues are made from, in any order."""
        try:
            return [_violation(error) for error in self._validator.iter_errors(instance)]
        except RecursionError:
            return [Violation((), "too_deep")]


def _violation(error: ValidationError) -> Violation:
    keyword, limit = error.validator, error.validator_value
    if keyword is None:
        keyword, limit = "false", None
    elif keyword in _COMPOSED or keyword == "uniqueItems":
        limit = None
    elif keyword == "type" and isinstance(limit, list):
        limit = sorted(limit) if len(limit) > 1 else limit[0]
    return Violation(tuple(error.absolute_path), str(keyword), limit)


def _check_references(document: dict[str, Any], registry: "Registry[Any]") -> None:
    resource = DRAFT202012.create_resource(document)
    resolver = registry.with_resource(resource.id() or "", resource).resolver(resource.id() or "")
    for path, each in subschemas(document):
        if isinstance(each, dict) and "$ref" in each:
            try:
                resolver.lookup(each["$ref"])
            except Unresolvable as error:
                place = json_pointer(path) or "the root"
                message = f"{name_of(document)}: {each['$ref']!r} at {place} refers to nothing that is known"
                raise SchemaError(message) from error


def _without_dialect(document: dict[str, Any]) -> dict[str, Any]:
    """``document`` without ``$schema``, at which jsonschema would change from our keywords to its own."""
    return {keyword: value for keyword, value in document.items() if keyword != "$schema"}


def _for_strings(check: Any) -> Any:
    return lambda value: not isinstance(value, str) or check(value)
