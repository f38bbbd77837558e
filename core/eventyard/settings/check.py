"""The check of settings against the configuration schema."""

from collections.abc import Mapping
from typing import Any

from eventyard.settings.flattening import Collected
from eventyard.settings.key import Key, config_schema, known_keys, known_tables
from eventyard.settings.origin import DEFAULT
from eventyard.settings.problem import Problem, shown
from eventyard.settings.regular_expression import objection_to

__all__ = ["check"]


def check(collected: Collected) -> list[Problem]:
    """What is wrong with the values of ``collected``, one problem for each key."""
    document = _document(collected.values)
    if _is_surely_valid(document):
        return _wrong_patterns(collected)
    import jsonschema  # noqa: PLC0415 - takes 70 ms and 4 MB, which only wrong settings are worth

    validator = jsonschema.Draft202012Validator(config_schema())
    wrong: dict[str, None] = {}
    for error in validator.iter_errors(document):
        wrong[_key_of(list(error.absolute_path))] = None
    return [_problem(collected, key) for key in wrong] or _wrong_patterns(collected)


def _wrong_patterns(collected: Collected) -> list[Problem]:
    key = "redaction.patterns"
    objections = ((pattern, objection_to(pattern)) for pattern in collected.values.get(key, ()))
    origin = collected.origins.get(key, DEFAULT)
    return [Problem(key, f"{shown(pattern)} {objection}", origin) for pattern, objection in objections if objection]


def _is_surely_valid(document: Mapping[str, Any]) -> bool:
    """Whether ``jsonschema-rs``, where it is installed, has nothing against ``document``."""
    try:
        from jsonschema_rs import Draft202012Validator  # noqa: PLC0415 - may not be installed
    except ImportError:
        return False
    try:
        return Draft202012Validator(dict(config_schema())).is_valid(document)
    except (TypeError, ValueError):
        # A value of the program that JSON does not have.
        return False


def _document(values: Mapping[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = {"socketio": {}, "plugin": {}}
    for key, value in values.items():
        head, _, rest = key.partition(".")
        if head == "plugin":
            name, _, setting = rest.partition(".")
            document["plugin"].setdefault(name, {})[setting] = value
        elif head in known_tables():
            name, _, member = rest.rpartition(".")
            document["socketio"].setdefault(head, {}).setdefault(name, {})[member] = value
        elif rest:
            document["socketio"].setdefault(head, {})[rest] = value
        else:
            document["socketio"][key] = value
    return document


def _key_of(path: list[str | int]) -> str:
    # The path also leads into a group, or into a list: the engine of validation, the first of cors_origins.
    names = [str(part) for part in path[1:4]]
    if names[0] in known_tables():
        return ".".join(names)
    names = names[:2]
    return next(key for key in (".".join(names), names[0]) if key in known_keys())


def _problem(collected: Collected, key: str) -> Problem:
    known = _known(key)
    value = collected.values[key]
    if not known.is_secret:
        got = shown(value)
    elif isinstance(value, str):
        got = "another text"
    else:
        got = f"a value of the type {type(value).__name__}"
    return Problem(key, f"expected {known.expectation}, got {got}", collected.origins.get(key, DEFAULT))


def _known(key: str) -> Key:
    head, _, rest = key.partition(".")
    table = known_tables().get(head)
    return known_keys()[key] if table is None else table[rest.rpartition(".")[2]]
