"""Both engines give the same verdict and the same issues, whatever the schema and the value."""

from collections.abc import Mapping
from typing import Any

from eventyard.schemas import Engine
from hypothesis import given, settings
from hypothesis import strategies as st


@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_engines_agree(engines: Mapping[str, Engine], generated: Any, data: st.DataObject) -> None:
    document = data.draw(generated.documents())
    value = data.draw(generated.values)
    reference, fast = (engine.compile(document) for engine in engines.values())
    issues = reference.issues(value, "/data")
    assert fast.issues(value, "/data") == issues
    assert reference.is_valid(value) is fast.is_valid(value) is (not issues)
