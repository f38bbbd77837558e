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


@given(st.lists(st.integers(0, 30), max_size=80), st.integers(1, 10))
def test_the_latest_events_are_remembered_and_the_others_forgotten(identities: list[int], size: int) -> None:
    """As if it were a list that is cut in front."""
    window = DuplicateWindow(size)
    model: list[int] = []
    for identity in identities:
        known = window.find(event(str(identity)))
        assert (known is not None) is (identity in model)
        if known is None:
            window.remember(event(str(identity)), Placement("notes"))
            model = [*model, identity][-size:]
        assert len(window) == len(model)
