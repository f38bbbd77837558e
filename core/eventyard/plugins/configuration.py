"""A plugin's own table of settings: checked against the schema that the plugin ships, defaults filled in."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from eventyard.errors import PluginError, SchemaError
from eventyard.schemas import Engine, Validator
from eventyard.schemas.document import metaschema_errors, plain_document
from eventyard.spelling import did_you_mean

__all__ = ["check_table"]


def check_table(
    name: str, schema: Mapping[str, Any] | None, table: Mapping[str, Any], engine: Engine
) -> dict[str, Any]:
    """The settings of plugin ``name``, complete.

    Args:
        name: Name of the plugin, as in ``plugin.<name>``.
        schema: The plugin's ``config_schema``; ``None`` when it has no settings.
        table: What the user set.
        engine: Checks the values.

    Raises:
        PluginError: The schema is none, or a key is unknown or a value does not satisfy the schema; names all of them.
    """
    validator = None if schema is None else _validator(schema, engine)
    closed = {**(schema or {}), "additionalProperties": False}
    problems = [
        f"{place} is no setting of this plugin{hint}" for place, hint in _unknown(table, closed, f"plugin.{name}")
    ]
    complete: dict[str, Any] = _completed(table, schema or {})
    if validator is not None and not problems:
        for issue in validator.issues(complete):
            key = issue.pointer.removeprefix("/").replace("/", ".")
            problems.append(f"plugin.{name}.{key}: {issue.message}" if key else f"plugin.{name}: {issue.message}")
    if problems:
        raise PluginError("; ".join(problems))
    return complete


def _validator(schema: object, engine: Engine) -> Validator:
    """What checks the table against the plugin's ``config_schema``.

    Raises:
        PluginError: It is no schema that can be used.
    """
    if not isinstance(schema, Mapping):
        message = f"config_schema is {type(schema).__name__}, expected a mapping, which is a JSON Schema"
        raise PluginError(message)
    try:
        for pointer, reason in metaschema_errors(plain_document(schema)):
            message = f"config_schema is no valid JSON Schema: {reason} at {pointer or 'the root'}"
            raise PluginError(message)
        return engine.compile(schema)
    except SchemaError as error:
        message = f"config_schema cannot be used: {str(error).removeprefix('a schema without $id').lstrip(': ')}"
        raise PluginError(message) from error


def _unknown(value: Any, rule: Any, place: str) -> Iterator[tuple[str, str]]:
    """The members of ``value``, at every depth, for which ``rule`` leaves no room, each with what may be meant."""
    if isinstance(value, list) and isinstance(rule, Mapping):
        for number, item in enumerate(value):
            yield from _unknown(item, rule.get("items"), f"{place}.{number}")
    if isinstance(value, Mapping) and isinstance(rule, Mapping):
        rules, others = rule.get("properties", {}), rule.get("additionalProperties")
        for key, member in value.items():
            if key not in rules and others is False:
                yield f"{place}.{key}", did_you_mean(key, rules)
            else:
                yield from _unknown(member, rules.get(key, others), f"{place}.{key}")


def _completed(value: Any, rule: Any) -> Any:
    """``value`` with the defaults of ``rule``, at every depth; a copy."""
    if not isinstance(rule, Mapping):
        return deepcopy(value)
    if isinstance(value, list):
        return [_completed(item, rule.get("items")) for item in value]
    if not isinstance(value, Mapping):
        return deepcopy(value)
    rules = rule.get("properties", {})
    others = rule.get("additionalProperties")
    complete: dict[str, Any] = {}
    # In the order of the schema, in which people read them.
    for key, inner in rules.items():
        if key in value:
            complete[key] = _completed(value[key], inner)
        elif isinstance(inner, Mapping):
            complete |= _default(key, inner)
    return complete | {key: _completed(member, others) for key, member in value.items() if key not in rules}


def _default(key: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    """What stands for the member ``key`` that the user left out: its default, else that of its members."""
    if "default" in rule:
        return {key: _completed(rule["default"], rule)}
    inner = _completed({}, rule)
    # A table that the user has to write part of is left out, so that the schema can ask for all of it, or for none.
    return {key: inner} if inner and inner.keys() >= set(rule.get("required", ())) else {}
