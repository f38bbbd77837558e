"""The two schema engines."""

from collections.abc import Mapping

import pytest
from eventyard.schemas import Engine
from eventyard.schemas.reference import ReferenceEngine


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
