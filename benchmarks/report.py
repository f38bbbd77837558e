"""The figures as Markdown tables, which also read well in a terminal."""

from collections.abc import Iterable, Sequence
from typing import Final

from benchmarks.measurement import Figures
from benchmarks.results import Results
from benchmarks.targets import TARGETS

__all__ = ["case_tables", "machine_table", "report", "target_table"]

_YES = {True: "met", False: "**not met**", None: "not measured"}


#: So much of a core may others use before figures are worth little, in percent.
_QUIET: Final = 20.0


def report(results: Results, *, by_cpu: bool = False) -> str:
    """All tables; see :func:`target_table` for ``by_cpu``."""
    parts = [target_table(results, by_cpu=by_cpu), case_tables(results), machine_table(results)]
    others = max((figures.get("others_cpu_percent", 0.0) for figures in results.medians().values()), default=0.0)
    if others > _QUIET:
        parts.insert(0, f"Others took up to {others:.0f} % of a core meanwhile: times and rates are worth little.")
    if results.problems:
        parts.insert(0, "## Problems\n\n" + "\n".join(f"- {case}: {text}" for case, text in results.problems.items()))
    if results.skipped:
        parts.append("Not measured: " + "; ".join(f"{case} ({why})" for case, why in results.skipped.items()))
    return "\n\n".join(parts)


def target_table(results: Results, *, by_cpu: bool = False) -> str:
    """What was to be reached, and what was; targets of which no case was measured are left out.

    With ``by_cpu``, rates are those for a second of the server's processor time: what is left to compare where others
    use the machine.
    """
    runs = results.by_run()
    if by_cpu:
        runs = [{case: _by_cpu(figures) for case, figures in run.items()} for run in runs]
    verdicts = [target.judge(runs) for target in TARGETS]
    rows = [(each.text, each.limit, each.measured, _YES[each.met]) for each in verdicts if each.measured]
    return _table(("what", "target", "measured", ""), rows) if rows else "No target has all its cases measured."


def _by_cpu(figures: Figures) -> Figures:
    end = "_per_cpu_s"
    by_cpu = {name.removesuffix(end) + "_per_s": value for name, value in figures.items() if name.endswith(end)}
    return {**figures, **by_cpu}


def case_tables(results: Results) -> str:
    """The median figures of all cases, a table for each scenario."""
    scenarios: dict[str, list[tuple[str, Figures]]] = {}
    for case, figures in results.medians().items():
        scenario, _, rest = case.partition("/")
        scenarios.setdefault(scenario, []).append((rest, figures))
    return "\n\n".join(f"### {name}\n\n{_case_table(rows)}" for name, rows in scenarios.items())


def machine_table(results: Results) -> str:
    """What it was measured on."""
    runs = max(map(len, results.runs.values()), default=0)
    facts = {**results.machine, "runs": f"{runs}, the median is shown; {results.seconds:g} s each"}
    return _table(("", ""), list(facts.items()))


def _case_table(rows: Sequence[tuple[str, Figures]]) -> str:
    names = list(dict.fromkeys(name for _, figures in rows for name in figures))
    titles = ["case", *(_title(name) for name in names)]
    return _table(titles, [(case, *(_number(figures.get(name)) for name in names)) for case, figures in rows])


def _title(name: str) -> str:
    text, _, unit = name.rpartition("_")
    units = {"percent": "%", "mb": "MB", "kb": "kB", "ms": "ms", "us": "µs", "s": "s"}
    if text.endswith("_per") and unit == "s":
        return f"{text.removesuffix('_per').replace('_', ' ')}/s"
    return f"{text.replace('_', ' ')} {units[unit]}" if text and unit in units else name.replace("_", " ")


def _number(value: float | None) -> str:
    if value is None:
        return ""
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.3g}"


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [[*titles], *([*row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = ([f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)] for line in lines)
    texts = [f"| {' | '.join(cells)} |" for cells in padded]
    return "\n".join([texts[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *texts[1:]])
