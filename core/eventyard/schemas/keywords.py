"""Keywords of the reference engine where the library's own would lose what an issue tells, or read patterns otherwise.

Each is a generator of errors in jsonschema's form: ``(validator, value of the keyword, instance, schema)``.
"""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any, Final

from jsonschema import ValidationError

from eventyard.schemas.patterns import compile_pattern

__all__ = ["KEYWORDS"]

Errors = Iterator[ValidationError]


def _error(keyword: str, limit: object = None, step: str | int | None = None) -> ValidationError:
    """An error without a message: issues have texts of their own, and the library's repeat the instance."""
    path = () if step is None else (step,)
    return ValidationError("", validator=keyword, validator_value=limit, path=path)


def _descend(validator: Any, instance: object, rule: Any, step: str | int) -> Errors:
    """Check a member or an item; jsonschema's own function forgets the step under the schema ``false``."""
    if rule is False:
        yield _error("false", step=step)
    else:
        yield from validator.descend(instance, rule, path=step)


def _additional_properties(validator: Any, rule: Any, instance: Any, schema: Mapping[str, Any]) -> Errors:
    if not isinstance(instance, dict):
        return
    known = schema.get("properties", {})
    patterns = [compile_pattern(pattern) for pattern in schema.get("patternProperties", {})]
    for name, value in instance.items():
        if name in known or any(pattern.search(name) for pattern in patterns):
            continue
        if rule is False:
            yield _error("additionalProperties", step=name)
        else:
            yield from _descend(validator, value, rule, name)


def _contains(validator: Any, rule: Any, instance: Any, schema: Mapping[str, Any]) -> Errors:
    if not isinstance(instance, list):
        return
    inner = validator.evolve(schema=rule)
    matches = sum(inner.is_valid(item) for item in instance)
    if not schema.get("minContains", 1) <= matches <= schema.get("maxContains", len(instance)):
        yield _error("contains")


def _dependent_required(_: Any, rule: Mapping[str, list[str]], instance: Any, __: object) -> Errors:
    if isinstance(instance, dict):
        for present, needed in rule.items():
            if present in instance:
                yield from (_error("dependentRequired", name) for name in needed if name not in instance)


def _items(validator: Any, rule: Any, instance: Any, schema: Mapping[str, Any]) -> Errors:
    if isinstance(instance, list):
        for index in range(len(schema.get("prefixItems", ())), len(instance)):
            yield from _descend(validator, instance[index], rule, index)


def _multiple_of(_: Any, rule: float, instance: Any, __: object) -> Errors:
    if isinstance(instance, int | float) and not isinstance(instance, bool):
        # Of a float the decimal digits count, as in the JSON text, not the binary value: 1e23 is a multiple of 10.
        exact = instance if isinstance(instance, int) else Fraction(repr(instance))
        if exact % Fraction(repr(rule)):
            yield _error("multipleOf", rule)


def _pattern(_: Any, rule: str, instance: Any, __: object) -> Errors:
    if isinstance(instance, str) and not compile_pattern(rule).search(instance):
        yield _error("pattern", rule)


def _pattern_properties(validator: Any, rules: Mapping[str, Any], instance: Any, _: object) -> Errors:
    if not isinstance(instance, dict):
        return
    for pattern, rule in rules.items():
        matches = compile_pattern(pattern).search
        for name, value in instance.items():
            if matches(name):
                yield from _descend(validator, value, rule, name)


def _prefix_items(validator: Any, rules: list[Any], instance: Any, _: object) -> Errors:
    if isinstance(instance, list):
        for index, (item, rule) in enumerate(zip(instance, rules, strict=False)):
            yield from _descend(validator, item, rule, index)


def _properties(validator: Any, rules: Mapping[str, Any], instance: Any, _: object) -> Errors:
    if isinstance(instance, dict):
        for name, rule in rules.items():
            if name in instance:
                yield from _descend(validator, instance[name], rule, name)


def _property_names(validator: Any, rule: Any, instance: Any, _: object) -> Errors:
    if isinstance(instance, dict):
        inner = validator.evolve(schema=rule)
        yield from (_error("propertyNames", step=name) for name in instance if not inner.is_valid(name))


def _required(_: Any, rule: list[str], instance: Any, __: object) -> Errors:
    if isinstance(instance, dict):
        yield from (_error("required", name) for name in rule if name not in instance)


#: The keywords by name, for ``jsonschema.validators.extend``.
KEYWORDS: Final[Mapping[str, Callable[[Any, Any, Any, Any], Errors]]] = {
    "additionalProperties": _additional_properties,
    "contains": _contains,
    "dependentRequired": _dependent_required,
    "items": _items,
    "multipleOf": _multiple_of,
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "prefixItems": _prefix_items,
    "properties": _properties,
    "propertyNames": _property_names,
    "required": _required,
}
