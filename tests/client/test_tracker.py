"""Where a client is in a stream, whatever the server sends."""

from typing import Any

import pytest
from eventyard.client import Cursor, Gap, Ready, Received, Refused
from eventyard.client.subscription.tracker import Tracker
from hypothesis import given
from hypothesis import strategies as st


def ready(epoch: str = "e", start: int = 0, **members: Any) -> dict[str, Any]:
    body = {"version": 1, "epoch": epoch, "head": 9, "oldest": 1, "from": start, "recovered": True, "reason": "ok"}
    return {**body, "snapshot": {}, **members}


def gap(epoch: str, after: int, resume_at: int, reason: str = "trimmed", count: int | None = None) -> dict[str, Any]:
    return {"epoch": epoch, "after": after, "resume_at": resume_at, "reason": reason, "count": count}


def batch(previous: int, offset: int, *shown: int, epoch: str = "e") -> dict[str, Any]:
    events = [{"type": "note", "sequence": f"{each:020}"} for each in shown]
    return {"epoch": epoch, "previous": previous, "offset": offset, "replay": False, "events": events}


def offsets(tracker: Tracker, name: str, body: Any) -> list[int | None]:
    """The offsets of the events that follow from a message."""
    return [step.message.offset for step in tracker.take(name, body) if isinstance(step.message, Received)]


@given(
    hidden=st.sets(st.integers(1, 60)),
    moves=st.lists(st.tuples(st.sampled_from(["send", "repeat", "lose"]), st.integers(1, 7), st.integers(0, 9))),
)
def test_each_event_comes_once_and_in_order_though_batches_are_repeated_and_lost(
    hidden: set[int], moves: list[tuple[str, int, int]]
) -> None:
    """A hole is seen with the next batch, and the server then begins anew where the client is."""
    last = 60
    shown = [offset for offset in range(1, last + 1) if offset not in hidden]
    tracker = Tracker("/notes", None)
    list(tracker.take("ready", ready()))
    seen: list[int | None] = []
    sent = 0

    def give(previous: int, through: int) -> None:
        events = [offset for offset in shown if previous < offset <= through]
        seen.extend(offsets(tracker, "events", batch(previous, through, *events)))

    for kind, count, back in [*moves, ("send", last, 0), ("send", last, 0)]:
        through = min(last, sent + count)
        if kind == "repeat":
            give(max(0, sent - back), min(sent, max(0, sent - back) + count))
            continue
        if kind == "send":
            give(sent, through)
        sent = through
        if tracker.has_hole:
            assert tracker.cursor is not None
            sent = tracker.cursor.offset
            tracker.has_hole = False
    assert seen == shown
    assert tracker.cursor == Cursor("e", last)


def test_a_batch_that_is_partly_known_gives_the_rest() -> None:
    tracker = Tracker("/notes", Cursor("e", 5))
    assert offsets(tracker, "events", batch(2, 8, 3, 5, 6, 8)) == [6, 8]
    assert offsets(tracker, "events", batch(2, 8, 3, 5, 6, 8)) == []
    assert not tracker.has_hole


def test_what_is_not_for_the_client_is_passed() -> None:
    tracker = Tracker("/notes", Cursor("e", 5))
    steps = list(tracker.take("events", batch(5, 9, 7)))
    assert [step.cursor for step in steps] == [Cursor("e", 7), Cursor("e", 9)]
    assert steps[1].message is None
    assert [step.cursor for step in tracker.take("events", batch(9, 12))] == [Cursor("e", 12)]


def test_events_of_another_store_are_a_hole_until_the_gap_is_told() -> None:
    tracker = Tracker("/notes", Cursor("old", 5))
    assert offsets(tracker, "events", batch(5, 6, 6, epoch="new")) == []
    assert tracker.has_hole
    (step,) = tracker.take("gap", gap("new", 0, 3, "epoch_changed"))
    assert isinstance(step.message, Gap)
    assert step.cursor == Cursor("new", 2)
    assert offsets(tracker, "events", batch(2, 3, 3, epoch="new")) == [3]


def test_a_gap_never_leads_back_within_a_store() -> None:
    """One about events that are never kept leaves the place where it is."""
    tracker = Tracker("/notes", Cursor("e", 5))
    assert [step.cursor for step in tracker.take("gap", gap("e", 3, 4, "slow_consumer", 7))] == [Cursor("e", 5)]
    assert [step.cursor for step in tracker.take("gap", gap("e", 5, 9, count=3))] == [Cursor("e", 8)]


def test_joining_sets_the_place_only_when_there_is_none() -> None:
    tracker = Tracker("/notes", None)
    (step,) = tracker.take("ready", ready(start=7))
    assert isinstance(step.message, Ready)
    assert step.cursor == tracker.cursor == Cursor("e", 7)
    (step,) = tracker.take("ready", ready(epoch="other", start=0))
    assert step.cursor == tracker.cursor == Cursor("e", 7)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("ready", {}),
        ("ready", None),
        ("events", {"epoch": "e"}),
        ("events", [1]),
        ("events", {**batch(5, 6), "events": [{"type": "note"}]}),
        ("gap", {"epoch": "e"}),
    ],
)
def test_what_is_not_of_the_protocol_is_told(name: str, body: Any) -> None:
    tracker = Tracker("/notes", Cursor("e", 5))
    with pytest.raises(Refused, match=f"what the server sends as '{name}' in /notes is not of the live protocol"):
        list(tracker.take(name, body))
