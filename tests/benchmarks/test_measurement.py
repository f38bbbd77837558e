"""The figures of the benchmarks: percentiles, medians, targets, tables."""

from pathlib import Path

import pytest

from benchmarks.measurement import median_of, percentile
from benchmarks.report import case_tables, report, target_table
from benchmarks.results import Results
from benchmarks.targets import Target


@pytest.mark.parametrize(("percent", "value"), [(0, 1), (50, 5), (95, 10), (90, 9), (100, 10)])
def test_a_percentile_is_one_of_the_values_by_nearest_rank(percent: float, value: float) -> None:
    assert percentile([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], percent) == value


def test_there_is_no_percentile_of_nothing() -> None:
    with pytest.raises(ValueError, match="of nothing"):
        percentile([], 50)


def test_the_median_of_runs_is_taken_figure_by_figure() -> None:
    runs = [{"a_ms": 1.0, "b_ms": 9.0}, {"a_ms": 3.0, "b_ms": 7.0, "c_ms": 1.0}, {"a_ms": 100.0, "b_ms": 8.0}]
    assert median_of(runs) == {"a_ms": 3.0, "b_ms": 8.0}


@pytest.mark.parametrize(
    ("at_least", "value", "met"), [(True, 10.0, True), (True, 9.9, False), (False, 10.0, True), (False, 10.1, False)]
)
def test_a_target_is_met_at_its_limit(*, at_least: bool, value: float, met: bool) -> None:
    target = Target("x", lambda run: run["case"]["x"], 10, at_least=at_least, unit="ms")
    verdict = target.judge([{"case": {"x": value}}])
    assert verdict.met is met
    assert verdict.limit == ("\N{GREATER-THAN OR EQUAL TO} 10 ms" if at_least else "\N{LESS-THAN OR EQUAL TO} 10 ms")


def test_a_target_whose_cases_were_not_measured_is_neither_met_nor_missed() -> None:
    assert Target("x", lambda run: run["case"]["x"], 10).judge([{}]).met is None


def results() -> Results:
    measured = Results({"date": "2026-01-01"}, 4.0)
    for rate, ratio in ((1000.0, 12), (3000.0, 10), (2000.0, 5)):
        measured.add("fanout/stock/50/eventyard", {"deliveries_per_s": ratio * rate, "server_rss_mb": 90.0})
        measured.add("fanout/stock/50/python-socketio", {"deliveries_per_s": rate})
    return measured


def test_the_table_of_targets_has_the_median_of_the_ratios_of_single_runs() -> None:
    """The ratio of the medians, which may be of different hours, would be 6."""
    (row,) = [line for line in target_table(results()).splitlines() if "against python-socketio" in line]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[1:] == ["\N{GREATER-THAN OR EQUAL TO} 10 \N{MULTIPLICATION SIGN}", "10 \N{MULTIPLICATION SIGN}", "met"]


def test_rates_may_be_judged_by_the_servers_processor_time() -> None:
    measured = Results({}, 4.0)
    measured.add("fanout/stock/50/eventyard", {"deliveries_per_s": 1.0, "deliveries_per_cpu_s": 900.0})
    measured.add("fanout/stock/50/python-socketio", {"deliveries_per_s": 1.0, "deliveries_per_cpu_s": 100.0})
    assert "| 1 \N{MULTIPLICATION SIGN} " in target_table(measured)
    assert "| 9 \N{MULTIPLICATION SIGN} " in target_table(measured, by_cpu=True)


def test_figures_of_a_machine_in_use_are_marked() -> None:
    measured = results()
    assert "worth little" not in report(measured)
    measured.add("fanout/stock/10/eventyard", {"deliveries_per_s": 1.0, "others_cpu_percent": 90.0})
    assert report(measured).startswith("Others took up to 90 % of a core meanwhile")


def test_a_case_in_which_something_went_wrong_has_no_figures() -> None:
    measured = results()
    measured.problems["fanout/stock/50/eventyard"] = "an event is missing"
    assert "eventyard" not in case_tables(measured)
    assert "against python-socketio" not in target_table(measured)


def test_a_case_stands_in_the_table_of_its_scenario() -> None:
    lines = case_tables(results()).splitlines()
    assert lines[0] == "### fanout"
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    assert cells[0] == ["case", "deliveries/s", "server rss MB"]
    assert cells[1] == ["stock/50/eventyard", "12 000", "90"]


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    results().write(tmp_path / "results.json")
    assert Results.read(tmp_path / "results.json") == results()
