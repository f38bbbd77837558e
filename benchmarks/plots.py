"""The figures as pictures."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.contenders import CONTENDERS
from benchmarks.measurement import Figures
from benchmarks.results import Results
from benchmarks.scenarios import fanout, growth

__all__ = ["draw_plots"]

Medians = Mapping[str, Figures]

#: Colours that people who see few colours can tell apart (Okabe and Ito), and that go with light and dark pages.
_COLOURS: Final = {
    "eventyard": "#0072b2",
    "python-socketio": "#d55e00",
    "node": "#009e73",
    "claude-mpm": "#e69f00",
    "aiohttp": "#cc79a7",
    "null": "#7f7f7f",
}
_TITLES: Final = {contender.name: contender.title for contender in CONTENDERS}

# The same text for the same figures: no date, no random names.
mpl.rcParams["svg.hashsalt"] = "eventyard"
mpl.rcParams["svg.fonttype"] = "none"


def draw_plots(results: Results, folder: Path) -> list[tuple[str, Path]]:
    """Draw what ``results`` have figures for, as SVG files in ``folder``; gives what each shows, and the file."""
    medians = results.medians()
    plots: Sequence[tuple[str, str, Callable[[Axes, Medians], bool]]] = (
        ("Deliveries a second, stock clients, events in by batches", "fanout-stock", _curve("stock")),
        ("Deliveries a second, stock clients, one event a request", "fanout-single", _curve("single")),
        ("Deliveries a second, batch clients", "fanout-batch", _curve("batch")),
        ("Latency at the load of the design, 50 clients", "latency-x1", _latency("x1")),
        ("Latency at ten times that load, 50 clients", "latency-x10", _latency("x10")),
        ("Cost of an event as the journal grows", "growth-journal", _growth),
    )
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for title, name, draw in plots:
        figure = Figure(figsize=(7.2, 3.8), layout="constrained")
        axes = figure.add_subplot()
        if draw(axes, medians):
            axes.set_title(title)
            axes.grid(visible=True, which="major", alpha=0.3)
            path = folder / f"{name}.svg"
            figure.savefig(path, metadata={"Date": None, "Creator": None})
            drawn.append((title, path))
    return drawn


def _curve(mode: str) -> Callable[[Axes, Medians], bool]:
    """Deliveries a second over the number of clients, a line for each contender."""

    def draw(axes: Axes, medians: Medians) -> bool:
        found = False
        for name, colour in _COLOURS.items():
            points = [
                (clients, medians[case]["deliveries_per_s"])
                for clients in fanout.CLIENTS
                if (case := f"fanout/{mode}/{clients}/{name}") in medians
            ]
            if points:
                found = True
                style = ":" if name == "null" else "-"
                axes.plot(*zip(*points, strict=True), style, marker="o", color=colour, label=_TITLES[name])
        if found:
            axes.set_xscale("log")
            axes.set_yscale("log")
            axes.set_xticks(fanout.CLIENTS, [str(clients) for clients in fanout.CLIENTS])
            axes.set_xlabel("clients")
            axes.set_ylabel("deliveries/s")
            axes.legend(fontsize="small")
        return found

    return draw


def _latency(factor: str) -> Callable[[Axes, Medians], bool]:
    """Percentiles, a group of bars for each contender."""

    def draw(axes: Axes, medians: Medians) -> bool:
        measured = [name for name in _COLOURS if f"latency/{factor}/{name}" in medians]
        percentiles = {"p50": 1.0, "p95": 0.7, "p99": 0.4}
        for index, (name, alpha) in enumerate(percentiles.items()):
            places = [place + 0.27 * (index - 1) for place in range(len(measured))]
            heights = [medians[f"latency/{factor}/{each}"][f"{name}_ms"] for each in measured]
            bars = axes.bar(places, heights, 0.25, color=[_COLOURS[each] for each in measured], alpha=alpha)
            axes.bar_label(bars, [f"{name}\n{height:.3g}" for height in heights], fontsize="x-small")
        if measured:
            axes.set_xticks(range(len(measured)), [_TITLES[name] for name in measured])
            axes.set_ylabel("ms")
            axes.margins(y=0.15)
        return bool(measured)

    return draw


def _growth(axes: Axes, medians: Medians) -> bool:
    points = [
        (size, medians[case]["cpu_us_per_event"])
        for size in growth.JOURNAL_SIZES
        if (case := f"growth/journal-{size}/eventyard") in medians
    ]
    if points:
        axes.plot(*zip(*points, strict=True), marker="o", color=_COLOURS["eventyard"])
        axes.set_xscale("log")
        axes.set_ylim(bottom=0)
        axes.set_xlabel("events in the journal")
        axes.set_ylabel("processor time, \N{MICRO SIGN}s an event")
    return bool(points)
