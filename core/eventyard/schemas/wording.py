"""What issues say: made from the broken rule alone, never from the payload or a library's message."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

__all__ = ["issue_text"]

#: How much of an ``enum`` or ``const`` is told.
_MOST_VALUES: Final = 12
_MOST_CHARACTERS: Final = 200

_TYPES: Final = {
    "array": "an array",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}

_FORMATS: Final = {
    "date": "a date such as 2026-01-31",
    "date-time": "a timestamp such as 2026-01-31T12:00:00Z (RFC 3339)",
    "ipv4": "an IPv4 address",
    "ipv6": "an IPv6 address",
    "uri": "a URI (RFC 3986)",
    "uri-reference": "a URI or a relative reference (RFC 3986)",
    "uuid": "a UUID (RFC 9562)",
}

_TEXTS: Final[Mapping[str, Callable[[Any], str]]] = {
    "additionalProperties": lambda _: "no such field is allowed here",
    "anyOf": lambda _: "expected one of several forms, and it has none of them",
    "const": lambda limit: f"expected {_json(limit)}",
    "contains": lambda _: "too few or too many of the items are of the expected kind",
    "dependentRequired": lambda limit: f"the field {_json(limit)} is required because of another field",
    "enum": lambda limit: f"expected {_values(limit)}",
    "exclusiveMaximum": lambda limit: f"expected a number less than {_json(limit)}",
    "exclusiveMinimum": lambda limit: f"expected a number greater than {_json(limit)}",
    "false": lambda _: "no value is allowed here",
    "format": lambda limit: f"expected {_FORMATS[limit]}",
    "maxItems": lambda limit: f"expected at most {_count(limit, 'item')}",
    "maxLength": lambda limit: f"expected at most {_count(limit, 'character')}",
    "maxProperties": lambda limit: f"expected at most {_count(limit, 'field')}",
    "maximum": lambda limit: f"expected a number of at most {_json(limit)}",
    "minItems": lambda limit: f"expected at least {_count(limit, 'item')}",
    "minLength": lambda limit: f"expected at least {_count(limit, 'character')}",
    "minProperties": lambda limit: f"expected at least {_count(limit, 'field')}",
    "minimum": lambda limit: f"expected a number of at least {_json(limit)}",
    "multipleOf": lambda limit: f"expected a multiple of {_json(limit)}",
    "not": lambda _: "it has a form that is not allowed here",
    "oneOf": lambda _: "expected exactly one of several forms, and it has none or more than one of them",
    "pattern": lambda limit: f"expected text of the form {limit}",
    "propertyNames": lambda _: "no field of such a name is allowed here",
    "required": lambda limit: f"the field {_json(limit)} is required",
    "too_deep": lambda _: "it is nested too deep to be checked",
    "type": lambda limit: f"expected {_type(limit)}",
    "uniqueItems": lambda _: "expected items that all differ",
}


def issue_text(keyword: str, limit: object) -> str:
    """What was expected, as a clause for people.

    Args:
        keyword: The JSON Schema keyword that was broken, or a rule of the engine's own.
        limit: What the schema says in it, or the part of it that was broken.
    """
    text = _TEXTS.get(keyword)
    return text(limit) if text is not None else f"the rule {keyword} is broken"


def _json(value: object) -> str:
    text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    return text if len(text) <= _MOST_CHARACTERS else text[:_MOST_CHARACTERS] + "…"


def _values(values: list[Any]) -> str:
    if len(values) == 1:
        return _json(values[0])
    told = ", ".join(_json(value) for value in values[:_MOST_VALUES])
    rest = len(values) - _MOST_VALUES
    return f"one of {told}" + (f" and {rest} more" if rest > 0 else "")


def _count(number: float, noun: str) -> str:
    return f"{number:g} {noun}" if number == 1 else f"{int(number)} {noun}s"


def _type(names: str | list[str]) -> str:
    return " or ".join(_TYPES[name] for name in ([names] if isinstance(names, str) else names))
