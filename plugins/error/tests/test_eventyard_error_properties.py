"""What holds for the state of ``/errors``, whatever events come."""

from collections.abc import Iterable
from typing import Any

import orjson
from eventyard import Event
from eventyard_error import ErrorNamespace
from eventyard_error.settings import DEFAULTS
from hypothesis import given
from hypothesis import strategies as st

TEXTS = st.text(max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda values: st.lists(values, max_size=3) | st.dictionaries(TEXTS, values, max_size=3),
    max_leaves=5,
)
DATA = {
    "error": st.fixed_dictionaries(
        {"message": st.sampled_from(["A", "B"]) | TEXTS, "kind": st.sampled_from(["tool_failed", "turn_failed"])},
        optional={
            "severity": st.sampled_from(["warning", "error", "critical"]),
            "tool": TEXTS,
            "detail": TEXTS,
            "more": JSON,
        },
    ),
    "error_acknowledged": st.fixed_dictionaries(
        {"error_source": st.just("/a"), "error_id": st.integers(0, 59).map("e{}".format)}, optional={"more": JSON}
    ),
}
ENVELOPES = st.fixed_dictionaries({}, optional={"session": st.sampled_from(["s1", "s2"]), "agent": st.just("a1")})


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


def namespace_after(events: Iterable[Event], **settings: int) -> ErrorNamespace:
    """The handler after the events came in this order."""
    namespace = ErrorNamespace()
    namespace.configure({**DEFAULTS, **settings})
    for event in events:
        namespace.apply(event)
    return namespace


@given(EVENTS)
def test_the_state_is_bounded_json(events: list[Event]) -> None:
    """The snapshot is JSON, holds no more than the limits allow, and names equal errors once."""
    state = namespace_after(events, error_limit=3, text_length=10).snapshot()
    errors = state["errors"]

    assert orjson.loads(orjson.dumps(state)) == state
    assert len(errors) <= 3
    assert all(len(error["message"]) <= 10 for error in errors)
    assert len({(error["source"], error["kind"], error["message"], error["session"]) for error in errors}) == len(
        errors
    )


@given(EVENTS)
def test_what_is_shown_can_be_acknowledged(events: list[Event]) -> None:
    """Acknowledging every error of the snapshot leaves none."""
    namespace = namespace_after(events)
    for error in namespace.snapshot()["errors"]:
        data = {"error_source": error["source"], "error_id": error["id"]}
        namespace.apply(committed(0, "error_acknowledged", data, {}))

    assert namespace.snapshot()["errors"] == []


@given(EVENTS, EVENTS)
def test_a_snapshot_stays_as_it_was(before: list[Event], after: list[Event]) -> None:
    """Events that come later do not change a snapshot that was given out."""
    namespace = namespace_after(before)
    state = namespace.snapshot()
    text = orjson.dumps(state)
    for event in after:
        namespace.apply(event)

    assert orjson.dumps(state) == text
