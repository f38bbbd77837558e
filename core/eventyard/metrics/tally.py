"""Counting and timing on the event loop, where an event passes: no locks, no labels to look up.

Prometheus' own counters and histograms may be used from many threads, which costs 1 to 3 µs a call; these cost a tenth.
They are read when somebody asks for the metrics.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

__all__ = ["Durations", "Tallies", "Tally"]


class Tally:
    """A number that only grows."""

    __slots__ = ("total",)

    def __init__(self) -> None:
        self.total = 0

    def inc(self, amount: int = 1) -> None:
        """Add ``amount``."""
        self.total += amount


class Durations:
    """How long something takes, sorted into buckets.

    Attributes:
        total: Seconds of all together.
    """

    __slots__ = ("_bounds", "_counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        """Sort into buckets that end with ``bounds``, ascending seconds, and one more for what is beyond."""
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def observe(self, seconds: float) -> None:
        """Take one duration."""
        # A bucket holds what is at most its bound.
        self._counts[bisect_left(self._bounds, seconds)] += 1
        self.total += seconds

    def buckets(self) -> list[tuple[str, float]]:
        """For each bound, how many durations were at most as long; the last bound is ``+Inf``."""
        names = [*map(str, self._bounds), "+Inf"]
        return list(zip(names, map(float, accumulate(self._counts)), strict=True))


class Tallies(Collector):
    """One metric made of tallies or durations, by the value of its one label or without a label."""

    def __init__(
        self, name: str, text: str, members: Mapping[str, Tally] | Mapping[str, Durations], label: str = ""
    ) -> None:
        """Collect ``members`` under ``name`` with the help ``text``; without ``label`` there is one, named ``""``."""
        self._name = name
        self._text = text
        self._members = members
        self._label = label

    def collect(self) -> Iterable[Metric]:
        """The samples of the moment."""
        labels = [self._label] if self._label else []
        counter = CounterMetricFamily(self._name, self._text, labels=labels)
        histogram = HistogramMetricFamily(self._name, self._text, labels=labels)
        for value, member in self._members.items():
            values = [value] if self._label else []
            if isinstance(member, Durations):
                histogram.add_metric(values, member.buckets(), member.total)
            else:
                counter.add_metric(values, member.total)
        return [histogram if histogram.samples else counter]
