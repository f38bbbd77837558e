"""What holds for the state of ``/system``, whatever events come."""

from collections.abc import Iterable
from typing import Any

import orjson
from eventyard import Event
from eventyard_system import SystemNamespace
from eventyard_system.settings import DEFAULTS
from hypothesis import given
from hypothesis import strategies as st

TEXTS = st.text(max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda values: st.lists(values, max_size=3) | st.dictionaries(TEXTS, values, max_size=3),
    max_leaves=5,
)
STATES = st.sampled_from(["connecting", "authenticated", "syncing", "live", "lagging", "draining", "closed"])
NUMBERS = st.integers(0, 2**53 - 1)
DATA = {
    "connection_status": st.fixed_dictionaries(
        {"client": st.sampled_from(["c1", "c2", "c3"]), "namespace": st.sampled_from(["/a", "/b"]), "state": STATES},
        optional={"previous": st.none() | STATES, "reason": TEXTS, "address": TEXTS, "more": JSON},
    ),
    "heartbeat": st.fixed_dictionaries(
        {"uptime_seconds": NUMBERS, "clients": NUMBERS, "events_accepted": NUMBERS},
        optional={"status": st.sampled_from(["healthy", "degraded"]), "more": JSON},
    ),
}
ENVELOPES = st.fixed_dictionaries({}, optional={"host": TEXTS})


def committed(number: int, name: str, data: dict[str, Any], envelope: dict[str, Any]) -> Event:
    """A committed event."""
    attributes = {"specversion": "1.0", "id": f"e{number}", "source": "/a", "type": name}
    return Event({**attributes, "time": f"2026-11-23T10:00:{number:02}Z", **envelope, "data": data})


#: Any events that satisfy their schemas, in any order.
EVENTS = st.lists(
    st.sampled_from(sorted(DATA)).flatmap(
        lambda name: st.builds(committed, st.integers(0, 59), st.just(name), DATA[name], ENVELOPES)
    ),
    max_size=30,
)


def namespace_after(events: Iterable[Event], **settings: int) -> SystemNamespace:
    """The handler after the events came in this order."""
    namespace = SystemNamespace()
    namespace.configure({**DEFAULTS, **settings})
    for event in events:
        namespace.apply(event)
    return namespace


@given(EVENTS)
def test_the_state_is_bounded_json(events: list[Event]) -> None:
    """The snapshot is JSON, holds no more than the limit allows, and no closed connection."""
    state = namespace_after(events, connection_limit=3).snapshot()

    assert orjson.loads(orjson.dumps(state)) == state
    assert state["status"] in {"unknown", "healthy", "degraded"}
    assert len(state["connections"]) <= 3
    assert "closed" not in {connection["state"] for connection in state["connections"]}


@given(EVENTS, EVENTS)
def test_a_snapshot_stays_as_it_was(before: list[Event], after: list[Event]) -> None:
    """Events that come later do not change a snapshot that was given out."""
    namespace = namespace_after(before)
    state = namespace.snapshot()
    text = orjson.dumps(state)
    for event in after:
        namespace.apply(event)

    assert orjson.dumps(state) == text
