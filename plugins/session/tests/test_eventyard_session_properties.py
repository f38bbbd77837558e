"""What holds for the state of ``/sessions``, whatever events come."""

from collections.abc import Iterable
from typing import Any

import orjson
from eventyard import Event
from eventyard_session import SessionNamespace
from eventyard_session.settings import DEFAULTS
from hypothesis import given
from hypothesis import strategies as st

TEXTS = st.text(max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda values: st.lists(values, max_size=3) | st.dictionaries(TEXTS, values, max_size=3),
    max_leaves=5,
)
TOOLS = st.sampled_from(["Bash", "Read", "AskUserQuestion"]) | st.text(min_size=1, max_size=5)
KINDS = st.sampled_from(["permission_prompt", "idle_prompt", "elicitation_dialog", "elicitation_response"]) | TEXTS
DATA = {
    "session_start": st.fixed_dictionaries(
        {"reason": st.sampled_from(["startup", "compact", "resume"]) | st.text(min_size=1, max_size=5)},
        optional={"cwd": TEXTS, "model": TEXTS, "title": TEXTS, "more": JSON},
    ),
    "session_end": st.fixed_dictionaries({"reason": st.text(min_size=1, max_size=5)}),
    "user_prompt": st.fixed_dictionaries({"prompt": TEXTS}, optional={"title": TEXTS, "cwd": JSON, "model": JSON}),
    "turn_end": st.fixed_dictionaries(
        {"outcome": st.sampled_from(["completed", "failed", "interrupted"])},
        optional={"error": TEXTS, "last_message": TEXTS, "background_tasks": st.lists(JSON, max_size=2), "title": JSON},
    ),
    "notification": st.fixed_dictionaries({"message": TEXTS}, optional={"kind": KINDS, "title": TEXTS, "tool": JSON}),
    "permission_request": st.fixed_dictionaries({"tool": TOOLS}, optional={"input": JSON, "title": JSON}),
    "hook_event": st.fixed_dictionaries({"hook": TOOLS, "body": st.dictionaries(TEXTS, JSON, max_size=2)}),
    "tool_start": st.fixed_dictionaries({"tool": TOOLS}, optional={"cwd": TEXTS, "input": JSON, "title": JSON}),
    "tool_stop": st.fixed_dictionaries({"tool": TOOLS, "outcome": st.sampled_from(["success", "denied"])}),
    "subagent_start": st.fixed_dictionaries({"agent_type": TEXTS}, optional={"prompt": TEXTS}),
    "error": st.fixed_dictionaries({"message": TEXTS, "kind": st.just("tool_failed")}),
}
ENVELOPES = st.fixed_dictionaries(
    {},
    optional={
        "session": st.sampled_from([f"s{number}" for number in range(8)]),
        "agent": st.sampled_from(["a1", "a2"]),
        "correlationid": st.sampled_from(["t1", "t2"]),
        "project": TEXTS,
        "host": TEXTS,
    },
)


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


def namespace_after(events: Iterable[Event], **settings: int) -> SessionNamespace:
    """The handler after the events came in this order."""
    namespace = SessionNamespace()
    namespace.configure({**DEFAULTS, **settings})
    for event in events:
        namespace.apply(event)
    return namespace


@given(EVENTS)
def test_the_state_is_bounded_json(events: list[Event]) -> None:
    """The snapshot is JSON, holds no more than the limits allow, and each session once."""
    state = namespace_after(events, session_limit=3, ended_limit=2, text_length=10).snapshot()
    sessions = state["sessions"]
    ended = [session for session in sessions if session["status"] == "ended"]

    assert orjson.loads(orjson.dumps(state)) == state
    assert len(ended) <= 2
    assert len(sessions) - len(ended) <= 3
    assert len({session["session"] for session in sessions}) == len(sessions)
    for session in sessions:
        assert all(len(session[name] or "") <= 10 for name in ("title", "prompt", "why"))


@given(EVENTS)
def test_a_session_does_one_of_four_things(events: list[Event]) -> None:
    """Each session has a status; one that waits or has ended says why, one that works has nothing to explain."""
    for session in namespace_after(events).snapshot()["sessions"]:
        assert session["status"] in {"working", "waiting", "idle", "ended"}
        assert session["why"] is not None or session["status"] in {"working", "idle"}
        assert session["why"] is None or session["status"] != "working"


@given(EVENTS, EVENTS)
def test_a_snapshot_stays_as_it_was(before: list[Event], after: list[Event]) -> None:
    """Events that come later do not change a snapshot that was given out."""
    namespace = namespace_after(before)
    state = namespace.snapshot()
    text = orjson.dumps(state)
    for event in after:
        namespace.apply(event)

    assert orjson.dumps(state) == text
