"""The page with the figures."""

from pathlib import Path

import pytest

pytest.importorskip("matplotlib")

from benchmarks.page import write_page
from benchmarks.results import Results

TEXT = "# Performance\n\n<!-- figures -->\n\nold\n\n<!-- end of the figures -->\n\n## Repeat it\n"


@pytest.fixture
def results() -> Results:
    """Some figures of every scenario that has a plot."""
    measured = Results({"date": "2026-01-01"}, 4.0)
    for server, rate in (("eventyard", 9000.0), ("python-socketio", 1000.0)):
        for clients in (1, 10, 50):
            measured.add(f"fanout/stock/{clients}/{server}", {"deliveries_per_s": clients * rate})
        measured.add(f"latency/x1/{server}", {"p50_ms": 1.0, "p95_ms": 2.0, "p99_ms": 3.0})
    for size in (1_000, 10_000):
        measured.add(f"growth/journal-{size}/eventyard", {"cpu_us_per_event": 40.0})
    return measured


def test_figures_and_plots_take_the_place_of_the_old_ones(tmp_path: Path, results: Results) -> None:
    page = tmp_path / "performance.md"
    page.write_text(TEXT)
    for _ in range(2):
        write_page(results, page)
    text = page.read_text()
    assert text.startswith("# Performance\n\n<!-- figures -->\n\n| what ")
    assert text.endswith("\n\n<!-- end of the figures -->\n\n## Repeat it\n")
    assert "old" not in text
    pictures = sorted(path.name for path in (tmp_path / "performance").iterdir())
    assert pictures == ["fanout-stock.svg", "growth-journal.svg", "latency-x1.svg"]
    assert all(f"](performance/{name})" in text for name in pictures)


def test_the_same_figures_give_the_same_plots(tmp_path: Path, results: Results) -> None:
    """Else every run would change all files."""
    drawn = []
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text(TEXT)
        write_page(results, tmp_path / name)
        drawn.append((tmp_path / name.removesuffix(".md") / "fanout-stock.svg").read_text())
    assert drawn[0] == drawn[1]


def test_results_with_problems_are_not_published(tmp_path: Path, results: Results) -> None:
    results.problems["fanout/stock/50/eventyard"] = "an event is missing"
    (tmp_path / "performance.md").write_text(TEXT)
    with pytest.raises(ValueError, match="an event is missing"):
        write_page(results, tmp_path / "performance.md")
    assert (tmp_path / "performance.md").read_text() == TEXT


def test_the_page_says_where_figures_belong(results: Results, tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "performance.md"
    copy = tmp_path / "performance.md"
    copy.write_text(page.read_text("utf-8"), "utf-8")
    write_page(results, copy)
    assert "| what " in copy.read_text("utf-8")
