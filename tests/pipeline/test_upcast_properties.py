"""A chain of up-casters gives what its composition gives, and never what the current schema refuses."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from eventyard import BufferPolicy, EarlierVersion, Event, EventType, Plugin, hookimpl
from eventyard.pipeline import Limits
from eventyard.pipeline.lane import lay_lanes
from eventyard.pipeline.validation import Validation
from eventyard.plugins import PluginManager
from hypothesis import given
from hypothesis import strategies as st

Make = Callable[[int], Any]


@dataclass(frozen=True)
class Version:
    """A version of ``count``: the range of its ``n``, and what its up-caster makes of an ``n``.

    Every up-caster makes 0 of 0, and 0 is in every range, so that the trial at registration succeeds.
    """

    least: int
    most: int
    make: Make

    def accepts(self, value: Any) -> bool:
        return isinstance(value, int) and self.least <= value <= self.most


def scaled(factor: int) -> Make:
    return lambda n: n * factor


def raising_above(bound: int) -> Make:
    def make(n: int) -> int:
        if n > bound:
            raise ValueError
        return n

    return make


def text_below(bound: int) -> Make:
    return lambda n: n if n >= bound else "few"


makes = st.one_of(
    st.builds(scaled, st.integers(-3, 3)),
    st.builds(raising_above, st.integers(0, 20)),
    st.builds(text_below, st.integers(-20, 0)),
)
versions = st.builds(Version, st.integers(-40, 0), st.integers(0, 40), makes)


def upcaster(make: Make) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """An up-caster that changes what it is given."""

    def upcast(data: dict[str, Any]) -> dict[str, Any]:
        data["n"] = make(data["n"])
        return data

    return upcast


class Counting(Plugin):
    """Owns ``count``, whose version of each major is one of ``chain``."""

    def __init__(self, chain: Sequence[Version]) -> None:
        self._chain = chain

    @hookimpl
    def event_types(self) -> list[EventType]:
        *earlier, (current, _) = [(self._schema(major, each), each) for major, each in enumerate(self._chain, 1)]
        return [
            EventType(
                name="count",
                schema=current,
                namespace="/counts",
                policy=BufferPolicy.always_send(),
                earlier=[EarlierVersion(schema=schema, upcast=upcaster(version.make)) for schema, version in earlier],
            )
        ]

    @staticmethod
    def _schema(major: int, version: Version) -> dict[str, Any]:
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"urn:test:count/{major}.0.0",
            "type": "object",
            "required": ["n"],
            "properties": {"n": {"type": "integer", "minimum": version.least, "maximum": version.most}},
            "examples": [{"n": 0}],
        }


def composition(chain: Sequence[Version], first: int, n: int) -> Any:
    """What the up-casters make of ``n`` one after the other; ``None`` where one fails or gives what is refused."""
    value: Any = n
    for version in chain[first:-1]:
        if not version.accepts(value):
            return None
        try:
            value = version.make(value)
        except ValueError:
            return None
    return value if chain[-1].accepts(value) else None


def checked(chain: Sequence[Version], events: Sequence[dict[str, Any]]) -> list[Event | None]:
    """The events as the stage *validate* lets them through."""
    manager = PluginManager()
    manager.register("counting", Counting(chain))
    lanes = lay_lanes(manager)
    validation = Validation(manager.store.envelope, lanes, Limits())

    async def check() -> list[Event | None]:
        found = [await validation.check(event, "2026-01-31T12:00:00Z", guarded=False) for event in events]
        return [None if isinstance(each, list) else Event(each[0]) for each in found]

    return asyncio.run(check())


@given(st.lists(versions, min_size=1, max_size=5), st.lists(st.integers(-50, 50), min_size=1, max_size=20))
def test_a_chain_gives_what_its_composition_gives_and_nothing_that_the_current_schema_refuses(
    chain: list[Version], numbers: list[int]
) -> None:
    places = [(first, n) for first in range(len(chain)) for n in numbers]
    events = [
        {"type": "count", "source": "/test", "dataschema": f"urn:test:count/{first + 1}.0.0", "data": {"n": n, "x": 1}}
        for first, n in places
    ]
    let_through = checked(chain, events)
    given_by_composition = [composition(chain, first, n) for first, n in places]
    assert [None if event is None else event.data["n"] for event in let_through] == given_by_composition
    for event in let_through:
        if event is not None:
            assert event["dataschema"] == f"urn:test:count/{len(chain)}.0.0"
            assert chain[-1].accepts(event.data["n"])
            assert event.data["x"] == 1


@given(st.lists(versions, min_size=2, max_size=4), st.integers(-50, 50))
def test_what_was_sent_stays_as_it_was(chain: list[Version], n: int) -> None:
    """A dead letter, or a second look at a stored event, must find what the first one found."""
    event = {"type": "count", "source": "/test", "dataschema": "urn:test:count/1.0.0", "data": {"n": n}}
    checked(chain, [event])
    assert (event["dataschema"], event["data"]) == ("urn:test:count/1.0.0", {"n": n})
