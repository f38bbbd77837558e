"""The state of ``/system``: who is connected, and how the server is."""

from collections.abc import Iterable
from typing import Any

import pytest
from eventyard import Event
from eventyard_system import SystemNamespace


def status(minute: int, client: str, state: str, namespace: str = "/tools", **data: Any) -> Event:
    """A ``connection_status`` of the given minute."""
    return Event(
        {
            "specversion": "1.0",
            "id": f"c{minute}",
            "source": "/eventyard",
            "type": "connection_status",
            "time": f"2026-11-23T10:{minute:02}:00Z",
            "data": {"client": client, "namespace": namespace, "state": state, **data},
        }
    )


def heartbeat(minute: int, **data: Any) -> Event:
    """A ``heartbeat`` of the given minute."""
    return Event(
        {
            "specversion": "1.0",
            "id": f"h{minute}",
            "source": "/eventyard",
            "type": "heartbeat",
            "time": f"2026-11-23T10:{minute:02}:00Z",
            "data": {"uptime_seconds": 60 * minute, "clients": 1, "events_accepted": 7, **data},
        }
    )


def state_after(events: Iterable[Event], connection_limit: int = 1000) -> dict[str, Any]:
    """The snapshot after the events came in this order."""
    namespace = SystemNamespace()
    namespace.configure({"connection_limit": connection_limit})
    for event in events:
        namespace.apply(event)
    return namespace.snapshot()


def connections(state: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Client, namespace and state of each connection, in the order of the snapshot."""
    return [(c["client"], c["namespace"], c["state"]) for c in state["connections"]]


def test_at_first_nothing_is_known() -> None:
    """Before the first heartbeat the server's status is unknown."""
    assert state_after([]) == {"status": "unknown", "heartbeat": None, "connections": [], "forgotten": 0}


def test_a_connection_has_its_latest_state() -> None:
    """A change replaces what was before, with the time since when; the address is told once."""
    state = state_after([status(1, "c1", "connecting", address="::1"), status(2, "c1", "lagging", reason="slow")])

    assert state["connections"] == [
        {
            "client": "c1",
            "namespace": "/tools",
            "state": "lagging",
            "since": "2026-11-23T10:02:00Z",
            "reason": "slow",
            "address": "::1",
        }
    ]


def test_a_client_has_a_connection_for_each_namespace() -> None:
    """Each has a state of its own."""
    state = state_after([status(1, "c1", "live", "/tools"), status(2, "c1", "syncing", "/errors")])

    assert connections(state) == [("c1", "/tools", "live"), ("c1", "/errors", "syncing")]


def test_the_latest_change_stands_last() -> None:
    """Connections are in the order of their latest changes."""
    state = state_after([status(1, "c1", "syncing"), status(2, "c2", "live"), status(3, "c1", "live")])

    assert connections(state) == [("c2", "/tools", "live"), ("c1", "/tools", "live")]


def test_a_closed_connection_is_gone() -> None:
    """Closing one connection of a client leaves its others."""
    events = [status(1, "c1", "live"), status(2, "c1", "live", "/errors"), status(3, "c1", "closed")]

    assert connections(state_after(events)) == [("c1", "/errors", "live")]


def test_an_unknown_connection_may_close() -> None:
    """It was open before the server kept its state, or was pushed out of it."""
    assert connections(state_after([status(1, "c1", "closed")])) == []


def test_the_quietest_connection_is_pushed_out() -> None:
    """Over the limit, the connection whose latest change is the oldest goes, and is counted."""
    state = state_after([status(1, "c1", "live"), status(2, "c2", "live"), status(3, "c3", "live")], connection_limit=2)

    assert [connection["client"] for connection in state["connections"]] == ["c2", "c3"]
    assert state["forgotten"] == 1


def test_the_latest_heartbeat_is_kept_whole() -> None:
    """A client that joins finds it as it would have received it."""
    latest = heartbeat(2, version="0.1.0", streams={"tools": {"head": 5, "oldest": 1, "clients": 2}})

    assert state_after([heartbeat(1), latest])["heartbeat"] == dict(latest)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param({"status": "healthy"}, "healthy", id="as the heartbeat says"),
        pytest.param({"status": "degraded"}, "degraded", id="also when it is not well"),
        pytest.param({}, "healthy", id="a heartbeat that says nothing of it is a good sign"),
    ],
)
def test_the_status_is_that_of_the_heartbeat(data: dict[str, Any], expected: str) -> None:
    """The server's status follows the latest heartbeat."""
    assert state_after([heartbeat(1, status="degraded"), heartbeat(2, **data)])["status"] == expected
