"""Which row of the journal's file has which events, against a plain list of all of them."""

from dataclasses import dataclass, field

from eventyard.journal.sqlite.discards import Discard, Discards
from eventyard.journal.sqlite.shelf import Shelf
from hypothesis import given
from hypothesis import strategies as st

TYPES = ("start", "stop")


@dataclass(slots=True)
class Model:
    """The rows as they are: number, type and offsets of each."""

    rows: list[tuple[int, str, list[int]]] = field(default_factory=list)
    head: int = 0

    def add(self, event_type: str, gap: int, events: int) -> tuple[int, str, list[int]]:
        """A row of ``events`` offsets of a type, of which every ``gap``-th is another type's."""
        offsets = [self.head + 1 + index * gap for index in range(events)]
        self.head = offsets[-1]
        self.rows.append((len(self.rows) + 1, event_type, offsets))
        return self.rows[-1]


rows = st.tuples(st.sampled_from(TYPES), st.integers(1, 3), st.integers(1, 5))


@given(st.lists(rows, min_size=1, max_size=30), st.data())
def test_each_wanted_event_is_in_a_row_that_is_found(added: list[tuple[str, int, int]], data: st.DataObject) -> None:
    shelf, model = Shelf(), Model()
    for each in added:
        seq, event_type, offsets = model.add(*each)
        shelf.add("tools", event_type, seq, offsets[-1], len(offsets))
    types = data.draw(st.sampled_from([None, {"start"}, {"stop"}, {"start", "other"}]))
    there = [offset for _, kind, offsets in model.rows if types is None or kind in types for offset in offsets]
    wanted = sorted(data.draw(st.sets(st.sampled_from(there), min_size=1) if there else st.just({model.head})))
    found = shelf.find("tools", wanted, types)
    expected = []
    behind = dict.fromkeys(TYPES, 0)
    for seq, kind, offsets in model.rows:
        # What lies between two rows of a type is another type's; that cannot be seen from their bounds.
        if (types is None or kind in types) and any(behind[kind] < offset <= offsets[-1] for offset in wanted):
            expected.append(seq)
        behind[kind] = offsets[-1]
    assert found == expected
    assert set(found) >= {seq for seq, _, offsets in model.rows if there and not set(wanted).isdisjoint(offsets)}


@given(st.lists(rows, min_size=1, max_size=200), st.lists(st.integers(0, 600), max_size=5))
def test_a_row_is_discarded_once_when_all_of_it_is_trimmed(
    added: list[tuple[str, int, int]], through: list[int]
) -> None:
    shelf, model = Shelf(), Model()
    for each in added:
        seq, event_type, offsets = model.add(*each)
        shelf.add("tools", event_type, seq, offsets[-1], len(offsets))
    discarded: list[Discard] = []
    for offset in sorted(through):
        discarded += shelf.drop("tools", "start", offset)
    last = max(through, default=0)
    gone = [Discard(seq, len(held)) for seq, kind, held in model.rows if kind == "start" and held[-1] <= last]
    assert discarded == gone
    kept = [seq for seq, kind, held in model.rows if kind == "start" and held[-1] > last]
    everything = list(range(1, model.head + 1))
    assert shelf.find("tools", everything, {"start"}) == kept


def test_nothing_is_discarded_of_what_is_not_there() -> None:
    assert list(Shelf().drop("tools", "start", 10)) == []


@given(st.lists(st.integers(1, 100), max_size=30), st.integers(1, 250))
def test_discards_are_taken_in_order_by_their_events(events: list[int], most: int) -> None:
    discards = Discards()
    discards.add(Discard(seq, count) for seq, count in enumerate(events))
    assert discards.events == sum(events)
    taken: list[Discard] = []
    while discards:
        some = discards.take(most)
        assert sum(each.events for each in some[:-1]) < most
        taken += some
    assert (taken, discards.events) == ([Discard(seq, count) for seq, count in enumerate(events)], 0)
