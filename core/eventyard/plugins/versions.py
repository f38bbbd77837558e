"""The versions that a plugin declares of an event type: loaded, put in order, and tried."""

import inspect
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources.abc import Traversable
from itertools import pairwise
from typing import Any

from eventyard.errors import PluginError
from eventyard.events import EarlierVersion, EventType
from eventyard.plugins.distribution import Distribution
from eventyard.plugins.type_version import TypeVersion
from eventyard.plugins.upcasting import UpcastError, UpcastStep
from eventyard.schemas import SchemaEntry, SchemaStore

__all__ = ["own_versions"]


def own_versions(event_type: EventType, owner: Distribution, store: SchemaStore) -> tuple[TypeVersion, ...]:
    """Load the schemas of all versions of ``event_type`` into ``store``; give the versions, the current one first.

    Raises:
        OwnershipError: Another distribution has a schema of the same ``$id``.
        PluginError: A schema cannot be read, or its ``$id`` is not that of the type; the versions are not in order,
            or there is no way from one of them to the current one.
        SchemaError: A schema is invalid or leaves the schema profile.
    """
    entries: dict[str, SchemaEntry] = {}
    try:
        return _Versions(event_type, owner, store, entries).linked()
    except BaseException:
        for schema_id in entries:
            store.remove(schema_id)
        raise


class _Versions:
    """The versions of one type while they are put in order."""

    def __init__(
        self, event_type: EventType, owner: Distribution, store: SchemaStore, entries: dict[str, SchemaEntry]
    ) -> None:
        """Load the schemas into ``store``, and note in ``entries`` which those are."""
        self._type = event_type
        self._owner = owner
        self._store = store
        self._entries = entries
        self._current = self._load(event_type.schema)
        self._earlier = sorted(self._load_earlier(), key=lambda item: item[0].identity.number)

    def linked(self) -> tuple[TypeVersion, ...]:
        """The versions, newest first, each with its way to the newest."""
        self._check_order()
        versions = [self._version(self._current, self._type.examples)]
        for index, (entry, declared) in enumerate(self._earlier):
            version = self._version(entry, declared.examples, tuple(self._steps(index)))
            self._try(version)
            versions.insert(1, version)
        return tuple(versions)

    def _load_earlier(self) -> Iterator[tuple[SchemaEntry, EarlierVersion]]:
        if not isinstance(self._type.earlier, Iterable):
            raise self._error(f"earlier is {type(self._type.earlier).__name__}, expected a list of EarlierVersion")
        for declared in self._type.earlier:
            if not isinstance(declared, EarlierVersion):
                raise self._error(f"earlier has a {type(declared).__name__}, expected EarlierVersion")
            entry = self._load(declared.schema)
            if declared.upcast is not None and (objection := _objection(declared.upcast)):
                raise self._error(f"the up-caster of version {entry.version} {objection}")
            yield entry, declared

    def _load(self, declared: Traversable | Mapping[str, Any]) -> SchemaEntry:
        schema = self._read(declared)
        twice = "is listed twice"
        if known := self._entries.get(str(schema.get("$id"))):
            raise self._error(f"version {known.version} {twice}")
        entry = self._store.add(schema, owner=str(self._owner))
        numbers = [each.identity.number for each in self._entries.values()]
        self._entries[entry.id] = entry
        if entry.type != self._type.name:
            ending = f"'{self._type.name}/<major>.<minor>.<patch>'"
            raise self._error(f"the schema's $id {entry.id!r} must end in {ending}")
        if entry.identity.number in numbers:
            raise self._error(f"version {entry.version} {twice}")
        return entry

    def _read(self, declared: Traversable | Mapping[str, Any]) -> Mapping[str, Any]:
        if isinstance(declared, Mapping):
            return declared
        if not hasattr(declared, "read_text"):
            expected = "a file of the package (importlib.resources.files(…) / …) or a mapping"
            raise self._error(f"its schema is {declared!r}, expected {expected}")
        try:
            schema = json.loads(declared.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise self._error(f"its schema {declared} cannot be read: {error}") from error
        if not isinstance(schema, dict):
            raise self._error(f"its schema {declared} is no JSON object")
        return schema

    def _check_order(self) -> None:
        for entry, _ in self._earlier:
            if entry.identity.number > self._current.identity.number:
                text = f"the earlier version {entry.version} is newer than the current one, {self._current.version}"
                raise self._error(text)
        entries = [*(entry for entry, _ in self._earlier), self._current]
        for (before, after), (_, declared) in zip(pairwise(entries), self._earlier, strict=True):
            old, new = before.identity.number[0], after.identity.number[0]
            if new > old + 1:
                text = f"{before.version} is followed by {after.version}; a version of major {old + 1} is missing"
                raise self._error(text)
            if new > old and declared.upcast is None:
                text = f"version {before.version} needs an up-caster to {after.version}, which is of another major"
                raise self._error(text)

    def _steps(self, index: int) -> Iterator[UpcastStep]:
        """The way from the earlier version at ``index``: the up-casters, and one step for what lies between two."""
        while index < len(self._earlier):
            before, declared = self._earlier[index]
            index += 1
            while declared.upcast is None and index < len(self._earlier) and self._earlier[index][1].upcast is None:
                index += 1
            after = self._earlier[index][0] if index < len(self._earlier) else self._current
            validator = self._store.compile(after.id)
            yield UpcastStep(before.identity, after.identity, declared.upcast, validator, str(self._owner))

    def _version(self, entry: SchemaEntry, examples: Sequence[Any], steps: tuple[UpcastStep, ...] = ()) -> TypeVersion:
        if isinstance(examples, str | Mapping) or not isinstance(examples, Iterable):
            text = f"the examples of version {entry.version} are {type(examples).__name__}, expected a list of examples"
            raise self._error(text)
        told = examples or entry.schema.get("examples", ())
        return TypeVersion(entry.identity, entry.schema, tuple(told), self._store.compile(entry.id), steps)

    def _try(self, version: TypeVersion) -> None:
        """Take the way from ``version`` to the current one with its examples."""
        if not version.examples:
            raise self._error(f"version {version.version} has no example to try its way to {self._current.version} on")
        for number, example in enumerate(version.examples, 1):
            what = f"example {number} of version {version.version}"
            if issues := version.validator.issues(example):
                raise self._error(f"{what} is not valid: {issues[0].pointer or '/'}: {issues[0].message}")
            try:
                version.upcast(example)
            except UpcastError as error:
                raise self._error(f"{what} cannot be up-cast: {error}") from error

    def _error(self, text: str) -> PluginError:
        return PluginError(f"event type {self._type.name!r} of {self._owner}: {text}")


def _objection(upcast: object) -> str | None:
    """What keeps ``upcast`` from being an up-caster."""
    if not callable(upcast):
        return f"is a {type(upcast).__name__}, expected a function"
    if inspect.iscoroutinefunction(upcast) or inspect.iscoroutinefunction(type(upcast).__call__):
        return "is a coroutine function, but must be a plain one"
    try:
        signature = inspect.signature(upcast)
    except ValueError:
        # Functions written in C may not tell.
        return None
    try:
        signature.bind({})
    except TypeError:
        return f"takes {signature}, expected one argument, the data"
    return None
