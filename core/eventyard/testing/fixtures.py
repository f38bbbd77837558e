"""The pytest plugin: fixtures for tests of Eventyard's plugins.

pytest imports this module in every environment with Eventyard: whatever is heavy is imported by who uses it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from eventyard.testing.client import Connect
    from eventyard.testing.frozen_clock import FrozenClock
    from eventyard.testing.http_client import OpenHttp
    from eventyard.testing.servers import StartServer

__all__ = ["eventyard_client", "eventyard_clock", "eventyard_http", "eventyard_server"]


@pytest.fixture
def eventyard_server(tmp_path: Path) -> Iterator["StartServer"]:
    """Start servers with the plugins that are named and no others: ``eventyard_server("deploy", max_buffer_size=5)``.

    Each listens at a free port, keeps its events in memory, and is stopped when the test ends. The test fails when a
    call of a plugin has failed, unless it takes that out of ``eventyard_server.failures``.
    """
    from eventyard.testing.servers import StartServer  # noqa: PLC0415 - see above

    start = StartServer(tmp_path)
    yield start
    start.stop()
    if start.failures:
        told = "".join(f"\n  - {failure}" for failure in start.failures)
        pytest.fail(f"calls of plugins failed, and the test has not taken them out of failures:{told}", pytrace=False)


@pytest.fixture
def eventyard_client(eventyard_server: "StartServer") -> Iterator["Connect"]:
    """Connect stock Socket.IO clients: ``eventyard_client(server, "/deployments", batch=True)``."""
    from eventyard.testing.client import Connect  # noqa: PLC0415 - see above

    with Connect() as connect:
        yield connect


@pytest.fixture
def eventyard_http(eventyard_server: "StartServer") -> "OpenHttp":
    """Make HTTP clients: ``eventyard_http(server).get("/health")``."""
    from eventyard.testing.http_client import HttpClient  # noqa: PLC0415 - see above

    return lambda server: HttpClient(server.url)


@pytest.fixture
def eventyard_clock() -> Iterator["FrozenClock"]:
    """A clock that stands still until it is told to go on; servers, and ``eventyard.timestamp()``, read it."""
    from eventyard.testing.frozen_clock import FrozenClock  # noqa: PLC0415 - see above

    with FrozenClock() as clock:
        yield clock
