"""Counting and timing where an event passes gives what Prometheus' own metrics would."""

from eventyard.metrics.tally import Durations, Tallies, Tally
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

BOUNDS = (0.001, 0.01, 0.1)
SECONDS = st.lists(st.one_of(st.sampled_from(BOUNDS), st.floats(0, 1)))


def exposed(registry: CollectorRegistry) -> list[str]:
    """The samples as a scraper gets them, but for the time of creation."""
    return [line for line in generate_latest(registry).decode().splitlines() if "_created" not in line]


@given(first=SECONDS, second=SECONDS)
def test_durations_are_exposed_as_a_histogram_is(first: list[float], second: list[float]) -> None:
    reference, own = CollectorRegistry(), CollectorRegistry()
    histogram = Histogram("took_seconds", "How long.", ["stage"], buckets=BOUNDS, registry=reference)
    members = {"one": Durations(BOUNDS), "two": Durations(BOUNDS)}
    own.register(Tallies("took_seconds", "How long.", members, label="stage"))
    for stage, durations in (("one", first), ("two", second)):
        histogram.labels(stage)
        for seconds in durations:
            histogram.labels(stage).observe(seconds)
            members[stage].observe(seconds)
    assert exposed(own) == exposed(reference)


@given(amounts=st.lists(st.integers(0, 10**12)))
def test_a_tally_is_exposed_as_a_counter_is(amounts: list[int]) -> None:
    reference, own = CollectorRegistry(), CollectorRegistry()
    counter = Counter("frames", "Frames.", registry=reference)
    tally = Tally()
    own.register(Tallies("frames", "Frames.", {"": tally}))
    for amount in amounts:
        counter.inc(amount)
        tally.inc(amount)
    assert exposed(own) == exposed(reference)
    assert own.get_sample_value("frames_total") == tally.total
