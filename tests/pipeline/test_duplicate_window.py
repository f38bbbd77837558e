"""The duplicate check remembers so many events, and no more."""

import gc

from eventyard.journal import Placement
from eventyard.pipeline.duplicates import DuplicateWindow, EventKey
from hypothesis import given
from hypothesis import strategies as st


def event(identity: str, source: str = "/test") -> EventKey:
    return source, identity


def test_an_event_is_known_by_source_and_id() -> None:
    window = DuplicateWindow(10)
    placement = Placement("notes")
    window.remember(event("a"), placement)
    assert window.find(event("a")) is placement
    assert window.find(event("a", "/other")) is None


def test_an_event_that_could_not_be_kept_may_come_again() -> None:
    window = DuplicateWindow(10)
    window.remember(event("a"), Placement("notes"))
    window.forget(event("a"))
    assert window.find(event("a")) is None


@given(
    st.lists(st.tuples(st.sampled_from(["tools", "agents", "files"]), st.none() | st.integers(1, (1 << 40) - 1))),
)
def test_where_an_event_is_stays_known_when_it_is_settled(places: list[tuple[str, int | None]]) -> None:
    """One that is not journaled has no offset, and never will."""
    window = DuplicateWindow(1000)
    for number, place in enumerate(places):
        window.remember(event(str(number)), Placement(*place))
        window.settle(event(str(number)), Placement("another", 7))
    kept = [window.find(event(str(number))) for number in range(len(places))]
    for number, placement in enumerate(kept):
        assert placement is not None
        window.settle(event(str(number)), placement)
    again = [window.find(event(str(number))) for number in range(len(places))]
    assert [(each.stream, each.offset) for each in again if each is not None] == places


def test_what_is_settled_is_no_object_for_the_garbage_collector() -> None:
    window = DuplicateWindow(1000)
    before = len(gc.get_objects())
    for number in range(1000):
        placement = Placement("tools", number + 1)
        window.remember(event(str(number)), placement)
        window.settle(event(str(number)), placement)
    assert len(gc.get_objects()) - before < 100


def test_what_is_settled_too_late_is_forgotten_all_the_same() -> None:
    window = DuplicateWindow(1)
    first = Placement("tools", 1)
    window.remember(event("first", "/one"), first)
    window.remember(event("second", "/two"), Placement("tools", 2))
    window.settle(event("first", "/one"), first)
    assert window.find(event("first", "/one")) is None


@given(st.lists(st.tuples(st.integers(0, 10), st.sampled_from("abc")), max_size=80), st.integers(1, 10))
def test_the_latest_events_are_remembered_and_the_others_forgotten(events: list[tuple[int, str]], size: int) -> None:
    """As if it were a list that is cut in front, whoever sent them."""
    window = DuplicateWindow(size)
    model: list[EventKey] = []
    for number, source in events:
        key = event(str(number), source)
        known = window.find(key)
        assert (known is not None) is (key in model)
        if known is None:
            window.remember(key, Placement("notes"))
            model = [*model, key][-size:]
        assert len(window) == len(model)
    assert all(window.find(key) is not None for key in model)


def test_a_source_of_which_nothing_is_remembered_leaves_nothing_behind() -> None:
    window = DuplicateWindow(2)
    for number in range(100):
        window.remember(event("e", f"/{number}"), Placement("notes"))
    assert len(window._sources) == 2
