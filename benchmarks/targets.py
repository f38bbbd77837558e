"""What Eventyard is to reach, as ratios of figures of one run wherever that is possible."""

import contextlib
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.measurement import Figures
from benchmarks.scenarios import growth

__all__ = ["TARGETS", "Target", "Verdict"]

#: Behind ratios.
_TIMES: Final = "\N{MULTIPLICATION SIGN}"

#: The figures of each case in one run, by its name.
Run = Mapping[str, Figures]


@dataclass(frozen=True)
class Verdict:
    """What became of a target.

    Attributes:
        text: The target.
        limit: The figure to reach, with its unit.
        measured: The figure that was reached; ``None`` when a case was not measured.
        met: Whether it was reached.
    """

    text: str
    limit: str
    measured: str | None
    met: bool | None


@dataclass(frozen=True)
class Target:
    """A figure that is to be at least, or at most, so much.

    Attributes:
        text: What it is about.
        measure: Gives the figure of a run; raises ``KeyError`` when a case was not measured in it.
        limit: The bound.
        at_least: Whether it is a lower bound.
        unit: Behind the figures; by default they are ratios.
    """

    text: str
    measure: Callable[[Run], float]
    limit: float
    at_least: bool = True
    unit: str = _TIMES

    def judge(self, runs: Iterable[Run]) -> Verdict:
        """Whether the median of ``runs`` reaches it.

        Ratios are those of cases that were measured after each other: between two runs, a machine may become slower.
        """
        limit = f"{'≥' if self.at_least else '≤'} {_text(self.limit, self.unit)}"
        values = []
        for run in runs:
            with contextlib.suppress(KeyError):
                values.append(self.measure(run))
        if not values:
            return Verdict(self.text, limit, None, None)
        value = statistics.median(values)
        met = value >= self.limit if self.at_least else value <= self.limit
        return Verdict(self.text, limit, _text(value, self.unit), met)


def _text(value: float, unit: str) -> str:
    number = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return f"{number} {unit}".strip()


def _figure(case: str, name: str) -> Callable[[Run], float]:
    return lambda run: run[case][name]


def _ratio(case: str, other: str, name: str) -> Callable[[Run], float]:
    return lambda run: run[case][name] / run[other][name]


def _fanout() -> Sequence[Target]:
    targets = []
    names = {
        "stock": "{} stock clients, events in by batches: deliveries against {}",
        "batch": "{} `batch` clients: deliveries against {} (stock clients)",
        "single": "{} stock clients, one event a request: deliveries against {}",
    }
    main = {
        ("stock", "python-socketio"): 10.0,
        ("stock", "node"): 4.0,
        ("batch", "python-socketio"): 15.0,
        ("single", "python-socketio"): 2.0,
        ("single", "node"): 1.0,
    }
    for (mode, peer), limit in main.items():
        other = "stock" if mode == "batch" else mode
        measure = _ratio(f"fanout/{mode}/50/eventyard", f"fanout/{other}/50/{peer}", "deliveries_per_s")
        targets.append(Target(names[mode].format(50, peer), measure, limit))
    for mode in ("stock", "single"):
        for clients in (1, 10, 200, 1000):
            measure = _ratio(
                f"fanout/{mode}/{clients}/eventyard",
                f"fanout/{mode}/{clients}/python-socketio",
                "deliveries_per_s",
            )
            targets.append(Target(names[mode].format(clients, "python-socketio"), measure, 1.0))
    return targets


def _growth(kind: str, sizes: Sequence[int]) -> Callable[[Run], float]:
    """The cost of an event at the last of ``sizes``, against that at the first."""
    return _ratio(f"growth/{kind}-{sizes[-1]}/eventyard", f"growth/{kind}-{sizes[0]}/eventyard", "cpu_us_per_event")


TARGETS: Sequence[Target] = (
    *_fanout(),
    Target(
        "`POST /v1/events`, one event a request: against a bare aiohttp handler",
        _ratio("ingest/single/eventyard", "ingest/single/aiohttp", "events_per_s"),
        0.6,
    ),
    Target("`POST /v1/events` in batches of 100", _figure("ingest/batch/eventyard", "events_per_s"), 25_000, unit="/s"),
    Target(
        "`publish` on `/ingest` in batches of 100",
        _figure("ingest/publish/eventyard", "events_per_s"),
        25_000,
        unit="/s",
    ),
    Target(
        "batches of 100 against one event a request",
        _ratio("ingest/batch/eventyard", "ingest/single/eventyard", "events_per_s"),
        4,
    ),
    Target("the load of the design, 50 clients: p95", _figure("latency/x1/eventyard", "p95_ms"), 5, False, "ms"),
    Target("the same: p99", _figure("latency/x1/eventyard", "p99_ms"), 10, False, "ms"),
    Target("ten times that load, 50 clients: p95", _figure("latency/x10/eventyard", "p95_ms"), 10, False, "ms"),
    Target(
        "dispatch of an event with 20 plugins installed, more than with one",
        _figure("dispatch/own/eventyard", "added_by_20_us"),
        2,
        False,
        "\N{MICRO SIGN}s",
    ),
    Target("a hook call to an idle server: p50", _figure("hook/fresh/eventyard", "p50_ms"), 1.5, False, "ms"),
    Target("the same: p95", _figure("hook/fresh/eventyard", "p95_ms"), 4, False, "ms"),
    Target("`serve` until it is ready", _figure("startup/serve/eventyard", "p50_s"), 1.0, False, "s"),
    Target("`eventyard --help`", _figure("startup/help/eventyard", "p50_s"), 0.15, False, "s"),
    Target(
        "memory of an idle server, against a bare python-socketio server",
        _ratio("memory/idle/eventyard", "memory/idle/python-socketio", "rss_mb"),
        1.4,
        False,
    ),
    Target("memory of each further client", _figure("memory/clients/eventyard", "per_client_kb"), 60, False, "kB"),
    Target(
        "memory between 200 000 and a million events: growth",
        _figure("memory/million/eventyard", "growth_percent"),
        5,
        False,
        "%",
    ),
    Target(
        "cost of an event as the journal grows to a million", _growth("journal", growth.JOURNAL_SIZES[:-1]), 1.2, False
    ),
    Target("cost of an event as it grows to ten millions", _growth("journal", growth.JOURNAL_SIZES), 1.2, False),
    Target("cost of an event as plugins grow to 100", _growth("plugins", growth.PLUGINS), 1.2, False),
    Target("cost of an event as sessions grow to 10 000", _growth("sessions", growth.SESSIONS), 1.2, False),
    Target(
        "50 clients come back at once, each has missed 10 000 events",
        _figure("resume/50x10000/eventyard", "resume_s"),
        2,
        False,
        "s",
    ),
    Target(
        "the same: p95 of the live clients meanwhile, against before",
        _figure("resume/50x10000/eventyard", "live_p95_growth"),
        1.2,
        False,
    ),
)
