"""Events as senders write them."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

#: A minimal valid ``data`` for each type of the specification's routing table.
DATA: dict[str, dict[str, Any]] = {
    "tool_start": {"tool": "Bash"},
    "tool_stop": {"tool": "Bash", "outcome": "success"},
    "subagent_start": {"agent_type": "general-purpose"},
    "subagent_stop": {"agent_type": "general-purpose", "outcome": "success"},
    "file_operation": {"operation": "read", "path": "/home/dev/project/a.txt"},
    "connection_status": {"client": "c1", "namespace": "/tools", "state": "live"},
    "error": {"message": "it broke", "kind": "tool_failed"},
}

MakeEvent = Callable[..., dict[str, Any]]


@pytest.fixture
def make_event() -> MakeEvent:
    """Make an event: ``make_event("tool_start", session="s1", data={…})``; each has an ``id`` of its own."""
    numbers = count(1)

    def make(event_type: str = "tool_start", **attributes: Any) -> dict[str, Any]:
        event = {
            "type": event_type,
            "source": "/test",
            "id": f"e{next(numbers)}",
            "data": dict(DATA.get(event_type, {})),
        }
        return event | attributes

    return make
