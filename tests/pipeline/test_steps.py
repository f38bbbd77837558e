"""Work that waits for nothing, unless somebody is asynchronous."""

import asyncio
from typing import Any

import pytest
from eventyard.pipeline.steps import Steps, complete


async def answer(value: Any, *, after: float = 0.0) -> Any:
    await asyncio.sleep(after)
    if isinstance(value, Exception):
        raise value
    return value


def asking(*values: Any) -> Steps[list[Any]]:
    got = []
    for value in values:
        try:
            got.append((yield answer(value)))
        except ValueError as error:
            got.append(str(error))
    return got


def plain() -> Steps[str]:
    yield from ()
    return "done"


def test_plain_work_runs_to_its_end_at_once() -> None:
    steps = plain()
    with pytest.raises(StopIteration) as end:
        next(steps)
    assert end.value.value == "done"


async def test_work_is_given_what_it_waited_for() -> None:
    assert await complete(plain()) == "done"
    assert await complete(asking(1, 2, 3)) == [1, 2, 3]


async def test_what_goes_wrong_is_raised_where_it_was_waited_for() -> None:
    assert await complete(asking(1, ValueError("no"), 3)) == [1, "no", 3]
    with pytest.raises(KeyError):
        await complete(asking(1, KeyError("k")))


async def test_work_that_has_begun_goes_on() -> None:
    steps = asking(1, 2)
    assert await complete(steps, next(steps)) == [1, 2]


async def test_work_whose_caller_goes_is_closed() -> None:
    closed = asyncio.Event()

    def waiting() -> Steps[None]:
        try:
            yield answer(None, after=60)
        finally:
            closed.set()

    task = asyncio.create_task(complete(waiting()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert closed.is_set()
