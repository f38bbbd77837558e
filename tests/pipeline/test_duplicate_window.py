"""The duplicate check remembers so many events, and no more."""

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
