"""The fast engine: ``jsonschema-rs``, which checks an event in about a microsecond."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from typing import Any, Final, Literal

from jsonschema_rs import (
    Draft202012Validator,
    ReferencingError,
    RegexOptions,
    Registry,
    ValidationError,
    ValidationErrorKind,
)

from eventyard.errors import SchemaError
from eventyard.events import Issue
from eventyard.schemas.document import check_formats, name_of, plain_document
from eventyard.schemas.engine import Validator
from eventyard.schemas.pointer import json_pointer
from eventyard.schemas.subschemas import subschemas
from eventyard.schemas.violations import Violation, to_issues

__all__ = ["FastEngine"]

#: Each error of a member's name has a copy of the whole object, and all errors of a value are made at once: memory and
#: time grow with the square of the number of members, to 1 GB for 2000 of them.
_MOST_NAMES: Final = 200

#: Bytes that a compiled pattern may take.
_PATTERN_SIZE: Final = 1 << 20

#: jsonschema-rs 0.60 takes some punctuation for digits in dates (``2020-01-0*``), so their shape is checked besides.
_DATE: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME: Final = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:[Zz]|[+\-][0-9]{2}:[0-9]{2})"
_SHAPES: Final = {"date": f"^{_DATE}$", "date-time": f"^{_DATE}[Tt]{_TIME}$"}
_SHAPED_FORMATS: Final = {shape: name for name, shape in _SHAPES.items()}


class FastEngine:
    """Compiles schemas with ``jsonschema-rs``."""

    name: Literal["jsonschema-rs"] = "jsonschema-rs"

    def compile(self, schema: Mapping[str, Any], resources: Iterable[Mapping[str, Any]] = ()) -> "FastValidator":
        """Compile ``schema``; see :meth:`.engine.Engine.compile`."""
        document = plain_document(schema)
        others = [plain_document(each) for each in resources]
        known = [_adapted(plain_document(each)) for each in others]
        try:
            check_formats(document)
            validator = _compile(_adapted(document), known)
        except (ReferencingError, SchemaError, ValidationError):
            # Again as it is, so that the error is about the schema as its author knows it.
            self._refuse(plain_document(schema), known)
            raise
        if not any(_looks_at_names(each) for each in (document, *known)):
            return FastValidator(validator)
        return FastValidator(validator, cache(partial(_reference, plain_document(schema), others)))

    @staticmethod
    def _refuse(document: dict[str, Any], known: list[dict[str, Any]]) -> None:
        try:
            _compile(document, known)
        except ValidationError as error:
            place = json_pointer(error.instance_path) or "the root"
            message = f"{name_of(document)} is no schema that can be used: {error.message} at {place}"
            raise SchemaError(message) from error
        except ReferencingError as error:
            message = f"{name_of(document)} refers to nothing that is known: {error}"
            raise SchemaError(message) from error


class FastValidator:
    """A schema compiled with ``jsonschema-rs``.

    Attributes:
        is_valid: Whether an instance satisfies the schema; the library's own function, without a detour.
    """

    __slots__ = ("_reference", "_validator", "is_valid")

    is_valid: Callable[[Any], bool]

    def __init__(self, validator: Draft202012Validator, reference: Callable[[], Validator] | None = None) -> None:
        """Check with ``validator``; where it would take too long to tell what is wrong, with ``reference``."""
        self._validator = validator
        self._reference = reference
        self.is_valid = validator.is_valid

    def issues(self, instance: Any, pointer: str = "") -> list[Issue]:
        """All reasons why ``instance`` does not satisfy the schema; see :meth:`.engine.Validator.issues`."""
        return to_issues(self.violations(instance), pointer)

    def violations(self, instance: Any) -> list[Violation]:
        """What the issues are made from, in any order."""
        if self._reference is not None and _has_many_names(instance):
            return self._reference().violations(instance)
        return [each for error in self._validator.iter_errors(instance) for each in _violations(error)]


def _reference(schema: dict[str, Any], resources: list[dict[str, Any]]) -> Validator:
    # Takes 70 ms and 4 MB, which hardly any value is worth.
    from eventyard.schemas.reference import ReferenceEngine  # noqa: PLC0415

    return ReferenceEngine().compile(schema, resources)


def _looks_at_names(document: Mapping[str, Any]) -> bool:
    return any("propertyNames" in each for _, each in subschemas(document) if isinstance(each, Mapping))


def _has_many_names(value: Any) -> bool:
    """Whether an object in ``value`` has so many members that their names are not to be checked one by one."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if len(each) > _MOST_NAMES:
                return True
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
    return False


def _compile(document: dict[str, Any], resources: list[dict[str, Any]]) -> Draft202012Validator:
    return Draft202012Validator(
        document,
        registry=Registry([(each["$id"], each) for each in resources]),
        offline=True,
        validate_formats=True,
        ignore_unknown_formats=False,
        # Linear in time whatever the pattern and the text; without it, patterns may backtrack.
        pattern_options=RegexOptions(size_limit=_PATTERN_SIZE),
    )


def _adapted(document: dict[str, Any]) -> dict[str, Any]:
    """``document``, changed in place where jsonschema-rs 0.60 would say something else than the reference."""
    for _, each in list(subschemas(document)):
        if not isinstance(each, dict):
            continue
        if shape := _SHAPES.get(each.get("format", "")):
            each["allOf"] = [*each.get("allOf", ()), {"pattern": shape}]
        if each.get("additionalProperties") is False:
            # Without this, jsonschema-rs takes shortcuts: it leaves out which members it refuses, or tells that
            # a member is required that is there but refused.
            each.setdefault("patternProperties", {})
    return document


def _violations(error: ValidationError) -> list[Violation]:
    path = tuple(error.instance_path)
    kind = error.kind
    match kind:
        case ValidationErrorKind.AdditionalProperties(unexpected=names):
            return [Violation((*path, name), "additionalProperties") for name in names]
        case ValidationErrorKind.PropertyNames(error=inner):
            return [Violation((*path, str(inner.instance)), "propertyNames")]
        case ValidationErrorKind.Required(property=name):
            return [Violation(path, str(error.schema_path[-1]), name)]
        case ValidationErrorKind.Type(types=names):
            return [Violation(path, "type", sorted(names) if len(names) > 1 else names[0])]
        case ValidationErrorKind.Pattern(pattern=pattern) if pattern in _SHAPED_FORMATS:
            return [Violation(path, "format", _SHAPED_FORMATS[pattern])]
        case ValidationErrorKind.FalseSchema():
            return [Violation(path, "false")]
        case (
            ValidationErrorKind.AnyOf()
            | ValidationErrorKind.OneOfMultipleValid()
            | ValidationErrorKind.OneOfNotValid()
            | ValidationErrorKind.Not()
            | ValidationErrorKind.Contains()
        ):
            return [Violation(path, kind.name)]
    return [Violation(path, kind.name, kind.value)]
