"""The two schema engines, and schemas and values of all kinds."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from eventyard.schemas import Engine
from eventyard.schemas.reference import ReferenceEngine
from hypothesis import strategies as st

# Without the empty name: see test_schema_engines.py, which has the one known difference.
NAMES = st.sampled_from(["a", "b", "ab", "c/d", "e~f", " ", "é"])
TEXTS = st.one_of(
    NAMES,
    st.text(alphabet="ab\n\r é😀", max_size=4),
    st.sampled_from(
        ["2026-01-31", "2026-01-31T12:00:00Z", "2026-01-0*", "::1", "127.0.0.1", "urn:a:b", "//[::1]/", "/a b", "?q#f"]
    ),
)
NUMBERS = st.one_of(
    st.integers(-3, 3),
    st.sampled_from([0.0, -0.0, 1.0, 1.5, 3.0, -2.5, 1e300, 2**53 - 1, 1 - 2**53]),
)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=10,
)
PATTERNS = st.sampled_from(["^a$", "^[ab]{1,2}$", "^(?:a|b.)*$", "^[^a]*$", "^.?$", r"^[\u0061-\u0063]+\/?$"])
TYPES = st.sampled_from(["array", "boolean", "integer", "null", "number", "object", "string"])
COUNTS = st.integers(0, 3)
FORMATS = st.sampled_from(["date", "date-time", "ipv4", "ipv6", "uri", "uri-reference", "uuid"])

FLAT_KEYWORDS = {
    "type": TYPES | st.lists(TYPES, min_size=1, max_size=3, unique=True),
    "enum": st.lists(VALUES, min_size=1, max_size=3),
    "const": VALUES,
    "minLength": COUNTS,
    "maxLength": COUNTS,
    "pattern": PATTERNS,
    "format": FORMATS,
    "minimum": NUMBERS,
    "maximum": NUMBERS,
    "exclusiveMinimum": NUMBERS,
    "exclusiveMaximum": NUMBERS,
    "multipleOf": st.integers(1, 3),
    "required": st.lists(NAMES, max_size=3, unique=True),
    "minProperties": COUNTS,
    "maxProperties": COUNTS,
    "dependentRequired": st.dictionaries(NAMES, st.lists(NAMES, max_size=2, unique=True), max_size=2),
    "minItems": COUNTS,
    "maxItems": COUNTS,
    "uniqueItems": st.booleans(),
}
FLAT = st.fixed_dictionaries({}, optional=FLAT_KEYWORDS)


def nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Schemas that apply ``inner`` ones to the same value, to members or to items."""
    several = st.lists(inner, min_size=1, max_size=3)
    by_name = st.dictionaries(NAMES, inner, max_size=3)
    keywords = {
        **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), several),
        **dict.fromkeys(("not", "if", "then", "else", "items", "contains", "additionalProperties"), inner),
        "properties": by_name,
        "dependentSchemas": by_name,
        "patternProperties": st.dictionaries(PATTERNS, inner, max_size=2),
        "propertyNames": inner.filter(lambda schema: schema is not False),
        "minContains": COUNTS,
        "maxContains": COUNTS,
    }
    return st.builds(lambda *parts: parts[0] | parts[1], FLAT, st.fixed_dictionaries({}, optional=keywords))


SCHEMAS = st.recursive(FLAT | st.booleans() | st.just({"$ref": "#/$defs/flat"}), nested, max_leaves=6)


@pytest.fixture(scope="session")
def engines() -> Mapping[str, Engine]:
    """Both engines by name."""
    pytest.importorskip("jsonschema_rs", reason="the extra 'fast' is not installed")
    from eventyard.schemas.fast import FastEngine

    return {"jsonschema": ReferenceEngine(), "jsonschema-rs": FastEngine()}


@pytest.fixture(params=["jsonschema", "jsonschema-rs"])
def engine(request: pytest.FixtureRequest, engines: Mapping[str, Engine]) -> Engine:
    """Each of the engines in turn."""
    return engines[request.param]


@pytest.fixture(scope="session")
def generated() -> SimpleNamespace:
    """Strategies of hypothesis: ``documents()`` with all keywords, ``flat`` ones, and ``values``."""

    def documents() -> st.SearchStrategy[dict[str, Any]]:
        return st.builds(lambda schema, flat: {"allOf": [schema], "$defs": {"flat": flat}}, SCHEMAS, FLAT)

    return SimpleNamespace(documents=documents, flat=FLAT, values=VALUES)
