"""The scenarios run: tiny, against the servers that need nothing but Python."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("uvloop")

from benchmarks.case import Bench, Case, Incorrect
from benchmarks.contenders import EVENTYARD, Installation
from benchmarks.results import Results
from benchmarks.runner import measure
from benchmarks.scenarios import all_cases

CASES = {case.name: case for case in all_cases()}


@pytest.fixture
def bench() -> Iterator[Bench]:
    """A bench where every case takes a moment, and processes share the cores with whatever else runs."""
    with Bench.open(Installation(), 0.2, pinned=False) as opened:
        yield opened


def test_no_two_cases_have_one_name() -> None:
    assert len(CASES) == len(all_cases())


@pytest.mark.parametrize(
    "name",
    [
        "fanout/stock/10/eventyard",
        "fanout/batch/10/null",
        "fanout/single/10/python-socketio",
        "hook/kept/eventyard",
        "ingest/publish/eventyard",
        "latency/x1/eventyard",
    ],
)
def test_a_case_measures_something(bench: Bench, name: str) -> None:
    """Each client gets each event once and in order, or else the case fails."""
    results = Results({}, bench.seconds)
    measure(bench, [CASES[name]], results, 1, lambda _: None)
    assert results.problems == {}
    (figures,) = results.runs[name]
    clients = {"fanout": 10, "latency": 50}.get(name.partition("/")[0], 1)
    assert figures["delivered"] == clients * figures["sent"] > 0


def test_a_server_that_refuses_what_is_sent_has_no_figures() -> None:
    """Here it takes no lists of more than ten events."""
    name = "fanout/stock/1/eventyard"
    with Bench.open(Installation(settings={"max_batch": "10"}), 0.2, pinned=False) as bench:
        results = Results({}, bench.seconds)
        measure(bench, [CASES[name]], results, 1, lambda _: None)
    assert "HTTP 413" in results.problems[name]
    assert results.medians() == {}


def test_a_server_that_does_not_start_is_told_with_what_it_printed() -> None:
    with Bench.open(Installation(settings={"loop": "none"}), 0.2, pinned=False) as bench:
        results = Results({}, bench.seconds)
        measure(bench, [CASES["ingest/single/eventyard"]], results, 1, lambda _: None)
    assert "loop: expected one of" in results.problems["ingest/single/eventyard"]


def test_what_goes_wrong_in_one_case_does_not_stop_the_others() -> None:
    async def wrong(_: Bench) -> dict[str, float]:
        raise Incorrect("an event is missing")

    async def right(_: Bench) -> dict[str, float]:
        return {"x": 1.0}

    cases = [Case(name="wrong", run=wrong, contender=EVENTYARD), Case(name="right", run=right, contender=EVENTYARD)]
    results = Results({}, 1.0)
    with Bench.open(Installation(), 0.2, pinned=False) as bench:
        measure(bench, cases, results, 2, lambda _: None)
    assert results.problems == {"wrong": "an event is missing"}
    assert results.runs == {"right": [{"x": 1.0}, {"x": 1.0}]}


def test_the_command_lists_its_cases() -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "benchmarks", "--list", "ingest/*"]
    done = subprocess.run(command, cwd=root, env=dict(os.environ), capture_output=True, text=True, check=True)
    assert done.stdout.split() == [name for name in CASES if name.startswith("ingest/")]
