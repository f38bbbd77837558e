"""A plugin's own table of settings: checked against the schema that the plugin ships, defaults filled in."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from eventyard.errors import PluginError
from eventyard.schemas import Engine
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
        PluginError: A key is unknown or a value does not satisfy the schema; names all of them.
    """
    properties: Mapping[str, Any] = (schema or {}).get("properties", {})
    problems = [
        f"plugin.{name}.{key} is no setting of this plugin" + did_you_mean(key, properties)
        for key in table
        if key not in properties
    ]
    complete: dict[str, Any] = _completed(table, schema or {})
    if schema is not None and not problems:
        for issue in engine.compile(schema).issues(complete):
            key = issue.pointer.removeprefix("/").replace("/", ".")
            problems.append(f"plugin.{name}.{key}: {issue.message}" if key else f"plugin.{name}: {issue.message}")
    if problems:
        raise PluginError("; ".join(problems))
    return complete


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
    complete = {key: _completed(member, rules.get(key, others)) for key, member in value.items()}
    for key, missing in rules.items():
        if key not in complete and isinstance(missing, Mapping):
            complete |= _default(key, missing)
    return complete


def _default(key: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    """What stands for the member ``key`` that the user left out: its default, else that of its members."""
    if "default" in rule:
        return {key: _completed(rule["default"], rule)}
    inner = _completed({}, rule)
    # A table that the user has to write part of is left out, so that the schema can ask for all of it, or for none.
    return {key: inner} if inner and inner.keys() >= set(rule.get("required", ())) else {}
