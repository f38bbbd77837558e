"""The index against a list of all events: what is kept, what is trimmed, and what pages have, after any course."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TypeAlias

from eventyard import BufferPolicy, Route
from eventyard.journal import Index, Placement, Quotas, Record
from hypothesis import given
from hypothesis import strategies as st

# So few that each is over its capacity soon, and rows are swept away in most courses.
POLICIES = {
    ("tools", "start"): BufferPolicy.buffer_if_no_clients(40),
    ("tools", "stop"): BufferPolicy.buffer_if_no_clients(3),
    ("tools", "rare"): BufferPolicy.always_buffer(5),
    ("errors", "error"): BufferPolicy.buffer_if_no_clients(10),
}
KINDS = tuple(POLICIES)

#: What comes together: a kind for each event.
Course: TypeAlias = Sequence[Sequence[tuple[str, str]]]

courses = st.lists(st.lists(st.sampled_from(KINDS), min_size=1, max_size=60), min_size=1, max_size=12)


@dataclass
class Model:
    """All events that are kept, in order."""

    kept: list[tuple[str, int, str, int]] = field(default_factory=list)
    heads: dict[str, int] = field(default_factory=dict)

    def of_stream(self, stream: str) -> list[int]:
        return [offset for name, offset, _, _ in self.kept if name == stream]

    def forget(self, stream: str, kind: str) -> None:
        self.kept.remove(next(each for each in self.kept if (each[0], each[2]) == (stream, kind)))

    def shorten(self) -> None:
        for (stream, kind), policy in POLICIES.items():
            own = [each for each in self.kept if (each[0], each[2]) == (stream, kind)]
            for _ in own[: max(0, len(own) - (policy.capacity or 0))]:
                self.forget(stream, kind)


def record(stream: str, kind: str, offset: int, number: int) -> Record:
    attributes = {"id": str(number), "source": "/test", "type": kind, "session": f"s{number % 3}", "data": {}}
    placed = Record(attributes, Route(f"/{stream}"), POLICIES[stream, kind], b"{%d}" % number, Placement(stream))
    placed.place(offset)
    return placed


def play(course: Course) -> tuple[Index, Model]:
    index, model, numbers = Index(Quotas(1000, 1 << 30)), Model(), count()
    for kinds in course:
        records = []
        for stream, kind in kinds:
            model.heads[stream] = offset = model.heads.get(stream, 0) + 1
            records.append(record(stream, kind, offset, next(numbers)))
            model.kept.append((stream, offset, kind, len(records[-1].body)))
        before = {(stream, offset) for stream, offset, _, _ in model.kept}
        model.shorten()
        trimmed = {(each.stream, offset) for each in index.add(records, 1.0) for offset in each.offsets}
        assert trimmed == before - {(stream, offset) for stream, offset, _, _ in model.kept}
    return index, model


@given(courses)
def test_what_is_kept_is_what_the_capacities_leave(course: Course) -> None:
    index, model = play(course)
    for stream, head in model.heads.items():
        kept = model.of_stream(stream)
        assert index.head(stream) == head
        assert index.oldest(stream) == min(kept, default=head + 1)
        assert [offset for offset in range(1, head + 1) if index.keeps(stream, offset)] == kept
    assert index.size == sum(size for *_, size in model.kept)


@given(courses, st.integers(0, 300), st.integers(1, 300))
def test_a_page_has_what_is_kept_and_tells_what_is_not(course: Course, after: int, events: int) -> None:
    index, model = play(course)
    for stream, head in model.heads.items():
        kept = [offset for offset in model.of_stream(stream) if offset > after]
        found = index.stretch(stream, after, head, events=events, size=1 << 30)
        assert found.offsets == kept[:events]
        told = [*found.offsets, *(offset for hole in found.holes for offset in range(hole.first, hole.last + 1))]
        assert sorted(told) == list(range(after + 1, max(after, found.through) + 1))
        assert index.kept_after(stream, after) == len(kept)


@given(courses, st.sampled_from(KINDS), st.integers(0, 100))
def test_a_choice_of_a_type_has_all_of_it(course: Course, chosen: tuple[str, str], after: int) -> None:
    index, model = play(course)
    stream, kind = chosen
    if stream not in model.heads:
        return
    wanted = [offset for name, offset, each, _ in model.kept if (name, each) == chosen and offset > after]
    found = index.stretch(stream, after, model.heads[stream], events=1000, size=1 << 30, types={kind})
    assert found.offsets == wanted
    newest = index.newest(stream, 2, 1 << 30, after=after, types={kind})
    assert [offset for offset in wanted if offset > newest] == wanted[-2:]
