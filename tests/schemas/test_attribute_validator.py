"""Envelopes are checked by a short way that says the same as the schema."""

from typing import Any

import pytest
from eventyard.schemas import Engine, SchemaStore
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

EXAMPLE = {
    "specversion": "1.0",
    "id": "1",
    "source": "/test",
    "type": "note",
    "time": "2026-01-31T12:00:00Z",
    "data": {},
}

names = st.sampled_from(["subject", "session", "branch", "Branch", "a-b", "", "x" * 21, "time", "agentname"])
values: st.SearchStrategy[Any] = st.sampled_from(["text", "", "a\x00b", 1, 2**40, True, None, {}, ["x"]])


@pytest.fixture
def store(engine: Engine) -> SchemaStore:
    return SchemaStore(engine)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(names, values, max_size=4))
def test_it_says_what_the_schema_says(engine: Engine, store: SchemaStore, added: dict[str, Any]) -> None:
    schema = engine.compile(store.envelope_schema, [store.shared["common/1.0.0"]])
    envelope = EXAMPLE | added
    assert store.envelope.is_valid(envelope) is schema.is_valid(envelope)
    assert store.envelope.issues(envelope) == schema.issues(envelope)


def test_of_very_many_attributes_only_their_number_is_told(store: SchemaStore) -> None:
    """A line about each, with a look at all others, would take minutes and all memory."""
    envelope = EXAMPLE | {f"x_{number}": [] for number in range(50_000)}
    assert not store.envelope.is_valid(envelope)
    (issue,) = store.envelope.issues(envelope)
    assert (issue.keyword, issue.limit) == ("too_many_attributes", 100)
    assert issue.message == "expected at most 100 attributes, got 50006"
    assert not store.envelope.is_valid(EXAMPLE | {f"x{number}": 1 for number in range(95)})
    assert store.envelope.is_valid(EXAMPLE | {f"x{number}": 1 for number in range(94)})
