"""What the comparison of two schemas promises, whatever the schemas: it is never told too little."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from eventyard.schemas import Engine, check_schema
from eventyard.schemas.diff import Level, compare_schemas
from eventyard.schemas.pointer import json_pointer
from hypothesis import assume, given, settings
from hypothesis import strategies as st

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def document(schema: Mapping[str, Any], version: str) -> dict[str, Any]:
    """A whole schema document within the profile; the example is dropped when it is not."""
    whole = {"$schema": DIALECT, "$id": f"urn:test:case/{version}", **schema}
    assume(not [finding for finding in check_schema(whole) if not finding.warning])
    return whole


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """All containers in ``value`` with the keys of their members."""
    if isinstance(value, dict | list):
        for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
            yield value, key
            yield from places(inner)


@st.composite
def edited(draw: st.DrawFn, schema: dict[str, Any], others: st.SearchStrategy[dict[str, Any]]) -> dict[str, Any]:
    """``schema`` with a few small changes: keywords dropped, numbers moved, keywords of others taken over."""
    changed = {"root": copy.deepcopy(schema)}
    for _ in range(draw(st.integers(1, 3))):
        found = [(container, key) for container, key in places(changed["root"]) if key not in {"allOf", "$defs"}]
        if not found:
            continue
        container, key = draw(st.sampled_from(found))
        value = container[key]
        if isinstance(value, int | float) and not isinstance(value, bool):
            container[key] = max(value + draw(st.sampled_from([-1, 1])), 0)
        elif isinstance(value, dict) and draw(st.booleans()):
            value.update(draw(others))
        else:
            del container[key]
    return changed["root"]


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_schema_is_compatible_with_itself(generated: Any, data: st.DataObject) -> None:
    """Also when only its words for people change."""
    schema = document(data.draw(generated.documents()), "1.0.0")
    assert compare_schemas(schema, schema).level is Level.NONE
    comparison = compare_schemas(schema, {**schema, "$id": "urn:test:case/1.0.1", "description": "Other words."})
    assert (comparison.level, comparison.problem, comparison.changes) == (Level.COMPATIBLE, None, ())


@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_what_is_called_compatible_is(engines: Mapping[str, Engine], generated: Any, data: st.DataObject) -> None:
    """A compatible change changes no verdict, and a minor one refuses nothing but members that were not described."""
    first = data.draw(generated.documents())
    second = data.draw(generated.documents() | edited(first, generated.flat))
    old, new = document(first, "1.0.0"), document(second, "1.1.0")
    comparison = compare_schemas(old, new)
    assume(comparison.level is not Level.MAJOR)
    before, after = (engines["jsonschema-rs"].compile(schema) for schema in (old, new))
    new_members = {change.path.rpartition("/")[2] for change in comparison.changes if change.keyword == "properties"}
    for value in data.draw(st.lists(generated.values, min_size=1, max_size=10)):
        if comparison.level < Level.MINOR:
            assert before.is_valid(value) is after.is_valid(value)
        elif not new_members & {json_pointer([str(key)])[1:] for _, key in places(value)}:
            assert after.is_valid(value) or not before.is_valid(value)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_an_example_that_breaks_really_breaks(
    engines: Mapping[str, Engine], generated: Any, data: st.DataObject
) -> None:
    """Both engines say so."""
    first = data.draw(generated.documents())
    old = document(first, "1.0.0")
    new = document(data.draw(generated.documents() | edited(first, generated.flat)), "2.0.0")
    changes = compare_schemas(old, new).changes
    for engine in engines.values():
        before, after = (engine.compile(schema) for schema in (old, new))
        for change in changes:
            if change.example is not None:
                taken_by, refused_by = (after, before) if change.breaks_readers else (before, after)
                assert taken_by.is_valid(change.example[0])
                assert not refused_by.is_valid(change.example[0])
