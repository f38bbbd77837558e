"""Both engines say the same of every example of every schema that is shipped, whole and spoilt."""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from eventyard.schemas import Engine
from eventyard_schemas import read_schema

SHARED = [read_schema("envelope/1.0.0"), read_schema("common/1.0.0")]
PLUGINS = sorted((Path(__file__).parents[2] / "plugins").glob("*/src/*/schemas/*/*.json"))
SCHEMAS = [SHARED[0], *(json.loads(path.read_bytes()) for path in PLUGINS)]

#: Stands for what must not get into the text of an issue.
SECRET = "s3cr3t"
LONG_TEXT = SECRET * 200_000

#: What a value is replaced by.
REPLACEMENTS: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    2.5,
    1e300,
    2**53 - 1,
    "",
    SECRET,
    f"{SECRET}\n",
    "2026-01-0*",
    LONG_TEXT,
    [],
    [SECRET],
    [None] * 1001,
    {},
    {SECRET: SECRET},
)


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths to all values in ``value``."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in inner:
        yield from places(each, (*path, step))


def drop(container: Any, step: str | int) -> None:
    """Take the member or item ``step`` out."""
    del container[step]


def replace(new: Any, container: Any, step: str | int) -> None:
    """Put ``new`` in its place."""
    container[step] = new


def extend(container: Any, step: str | int) -> None:
    """Give an object members that no schema knows, and an array each item twice."""
    if isinstance(container[step], dict):
        container[step] |= {SECRET: SECRET, SECRET.upper(): None}
    elif isinstance(container[step], list):
        container[step] *= 2


def changed(example: Any, path: tuple[str | int, ...], change: Callable[[Any, str | int], None]) -> Any:
    """A copy of ``example`` after ``change`` of what is at ``path``."""
    root = {"root": copy.deepcopy(example)}
    container: Any = root
    steps = ("root", *path)
    for step in steps[:-1]:
        container = container[step]
    change(container, steps[-1])
    return root["root"]


def mutations(example: Any) -> Iterator[Any]:
    """``example`` with one of its values dropped, replaced or extended, in all ways."""
    for path in places(example):
        if path:
            yield changed(example, path, drop)
        yield changed(example, path, extend)
        for new in REPLACEMENTS:
            yield changed(example, path, partial(replace, new))


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: str(schema["$id"]))
def test_examples_are_valid(engine: Engine, schema: Mapping[str, Any]) -> None:
    validator = engine.compile(schema, SHARED)
    for example in schema["examples"]:
        assert validator.issues(example) == []
        assert validator.is_valid(example)


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: str(schema["$id"]))
def test_both_engines_say_the_same_of_spoilt_examples(engines: Mapping[str, Engine], schema: Mapping[str, Any]) -> None:
    """The same verdict, keywords, pointers and limits; and no text that repeats the payload."""
    reference, fast = (engine.compile(schema, SHARED) for engine in engines.values())
    refused = 0
    for example in schema["examples"]:
        for value in mutations(example):
            issues = reference.issues(value, "/data")
            assert fast.issues(value, "/data") == issues
            assert reference.is_valid(value) is fast.is_valid(value) is (not issues)
            assert not any(SECRET in issue.message.lower() for issue in issues)
            refused += bool(issues)
    assert refused
