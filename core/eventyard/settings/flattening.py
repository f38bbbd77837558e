"""Nested tables of settings as a flat mapping from key to value."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from eventyard.settings.key import known_groups, known_keys, known_tables
from eventyard.settings.origin import Origin
from eventyard.settings.problem import Problem, shown
from eventyard.spelling import nearest

__all__ = ["Collected", "flatten"]


@dataclass(slots=True)
class Collected:
    """What one or more layers say, flat.

    The keys are ``port``, ``validation.engine``, ``retention.<type>.events`` for what is set by name, and
    ``plugin.<name>.<setting>`` for the tables of plugins, whose values are any JSON.
    """

    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def put(self, key: str, value: Any, origin: Origin) -> None:
        """Set a value over whatever a weaker layer said."""
        self.values[key] = value
        self.origins[key] = origin

    def refuse(self, key: str, message: str, origin: Origin) -> None:
        """Note a problem."""
        self.problems.append(Problem(key, message, origin))

    def unknown(self, key: str, known: Iterable[str], origin: Origin) -> None:
        """Note a key that does not exist, with the nearest one that does."""
        suggestion = nearest(key, known)
        self.refuse(key, f"unknown key; did you mean {suggestion}?" if suggestion else "unknown key", origin)


def flatten(
    collected: Collected, table: Mapping[str, Any], origin_of: Callable[[str], Origin], *, plugin_tables: bool
) -> None:
    """Put all of ``table``, whose groups may be nested or written with a dot, into ``collected``.

    Args:
        collected: Takes the values, and what is wrong with the keys.
        table: Settings by name.
        origin_of: Gives the origin of a key.
        plugin_tables: Whether the tables of plugins stand in here too, under ``plugin``.
    """
    keys, groups = known_keys(), known_groups()
    for key, value in _paths(table, groups):
        head, _, rest = key.partition(".")
        if key in keys:
            collected.put(key, _plain(value), origin_of(key))
        elif head in known_tables():
            _flatten_table(collected, head, {rest: value} if rest else value, origin_of)
        elif key in groups:
            collected.refuse(key, f"expected a table, got {shown(value)}", origin_of(key))
        elif plugin_tables and head == "plugin":
            flatten_plugins(collected, {rest: value} if rest else value, origin_of)
        else:
            known = [*keys, *known_tables(), *(["plugin"] if plugin_tables else [])]
            collected.unknown(key, known, origin_of(key))


def flatten_plugins(collected: Collected, tables: Any, origin_of: Callable[[str], Origin]) -> None:
    """Put the tables of plugins, by name, into ``collected``; ``tables`` may also be flat, ``{"tool.limit": 5}``."""
    if not isinstance(tables, Mapping):
        collected.refuse("plugin", f"expected a table, got {shown(tables)}", origin_of("plugin"))
        return
    for path, value in tables.items():
        key = f"plugin.{path}"
        name, _, setting = str(path).partition(".")
        if setting:
            collected.put(key, _plain(value), origin_of(key))
        elif isinstance(value, Mapping):
            for inner, inner_value in value.items():
                collected.put(f"{key}.{inner}", _plain(inner_value), origin_of(f"{key}.{inner}"))
        else:
            collected.refuse(f"plugin.{name}", f"expected a table, got {shown(value)}", origin_of(key))


def _flatten_table(collected: Collected, table: str, named: Any, origin_of: Callable[[str], Origin]) -> None:
    """Put what is set by name into ``collected``; ``named`` may also be flat, ``{"tool_start.events": 5}``."""
    members = known_tables()[table]
    if not isinstance(named, Mapping):
        collected.refuse(table, f"expected a table, got {shown(named)}", origin_of(table))
        return
    for path, value in named.items():
        # Names may have dots of their own.
        name, dot, member = str(path).rpartition(".")
        if dot and not isinstance(value, Mapping):
            given = {member: value}
        elif isinstance(value, Mapping):
            name, given = str(path), dict(value)
        else:
            collected.refuse(f"{table}.{path}", f"expected a table, got {shown(value)}", origin_of(f"{table}.{path}"))
            continue
        for own, inner in given.items():
            key = f"{table}.{name}.{own}"
            if own in members:
                collected.put(key, _plain(inner), origin_of(key))
            else:
                collected.unknown(key, [f"{table}.{name}.{each}" for each in members], origin_of(key))


def _paths(table: Mapping[str, Any], groups: frozenset[str]) -> Iterable[tuple[str, Any]]:
    for name, value in table.items():
        if name in groups and isinstance(value, Mapping):
            yield from ((f"{name}.{member}", inner) for member, inner in value.items())
        else:
            yield str(name), value


def _plain(value: Any) -> Any:
    # Programs give tuples and paths where files have lists and texts.
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    return value
