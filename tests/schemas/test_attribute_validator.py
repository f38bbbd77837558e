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
