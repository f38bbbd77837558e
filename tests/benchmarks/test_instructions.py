"""The instruction guards: the functions that are counted, and what counts are held against."""

from pathlib import Path

import pytest

from benchmarks.instructions.baseline import Baseline, Change, environment
from benchmarks.instructions.functions import hot_functions


async def test_each_function_that_is_counted_does_its_work(tmp_path: Path) -> None:
    """The ones that take events in look at their offsets themselves."""
    async with hot_functions(tmp_path) as functions:
        for function in functions:
            await function.call()
            await function.call()
        assert [function.name for function in functions] == list(Baseline.read().instructions)


@pytest.mark.parametrize(
    ("before", "now", "is_regression"), [(1000, 1050, False), (1000, 1051, True), (1000, 10, False), (None, 1000, True)]
)
def test_a_function_that_takes_more_than_it_may_is_a_regression(
    before: int | None, now: int, *, is_regression: bool
) -> None:
    assert Change("read", before, now).is_regression is is_regression


def test_what_depends_on_threads_may_vary_more() -> None:
    assert not Change("take in and commit", 1000, 1140).is_regression
    assert Change("take in and commit", 1000, 1160).is_regression


def test_a_baseline_is_read_as_it_was_written(tmp_path: Path) -> None:
    baseline = Baseline({"python": "3.11"}, {"read": 1000})
    baseline.write(tmp_path / "baseline.json")
    assert Baseline.read(tmp_path / "baseline.json") == baseline
    assert baseline.changes({"read": 1100, "write": 5}) == [Change("read", 1000, 1100), Change("write", None, 5)]


def test_a_baseline_of_another_environment_says_so() -> None:
    pytest.importorskip("jsonschema_rs", reason="the extra 'fast' is not installed")
    here = environment()
    assert Baseline(here, {}).foreign() == []
    assert Baseline({**here, "orjson": "0.1"}, {}).foreign() == [f"orjson is {here['orjson']}, was 0.1"]
