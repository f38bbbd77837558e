"""What every store of dead letters does, whatever it keeps them in."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
import pytest
from eventyard import Issue
from eventyard.dead_letters import DeadLetter, DeadLetters, MemoryDeadLetters, SqliteDeadLetters
from eventyard.metrics import Metrics
from hypothesis import given, settings
from hypothesis import strategies as st

OpenStore = Callable[..., Awaitable[DeadLetters]]

TIME = "2026-01-31T12:00:00.000Z"


def letter(value: object = None, event_type: str | None = None, **more: object) -> DeadLetter:
    issues = [Issue("type", "/data", "expected an object")]
    made = DeadLetter.refused(value or {}, issues, time=TIME, intake="http", type=event_type)
    return replace(made, **more)  # type: ignore[arg-type]  # the tests say which members


@pytest.fixture(params=["memory", "sqlite"])
async def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[OpenStore]:
    """Open a store of one kind."""
    opened: list[DeadLetters] = []

    async def make(capacity: int = 1000, most_bytes: int = 1 << 20) -> DeadLetters:
        store: DeadLetters = (
            MemoryDeadLetters(capacity, most_bytes)
            if request.param == "memory"
            else SqliteDeadLetters(tmp_path, capacity, most_bytes, Metrics())
        )
        store.open()
        opened.append(store)
        return store

    yield make
    for store in opened:
        await store.close()


@pytest.fixture
async def store(open_store: OpenStore) -> DeadLetters:
    return await open_store()


async def numbers(store: DeadLetters) -> list[int]:
    return [each.number for each in (await store.page(0, 10_000)).letters]


async def test_a_letter_comes_back_as_it_was_added(store: DeadLetters) -> None:
    added = [
        letter({"a": [1, "ü", None]}, "note"),
        letter(b"no json \xff"),
        letter(
            {"hook": 1},
            intake="claude-code",
            is_foreign=True,
            headers=b'{"user-agent":"x"}',
            retries=3,
            retried=TIME,
        ),
    ]
    assert [store.add(each) for each in added] == [1, 2, 3]
    found = await store.get([3, 1, 2])
    assert found == [replace(each, number=number) for number, each in enumerate(added, 1)]
    assert [type(each.is_json) for each in found] == [bool] * 3


async def test_pages_follow_one_another(store: DeadLetters) -> None:
    for _ in range(5):
        store.add(letter())
    first = await store.page(0, 2)
    assert ([each.number for each in first.letters], first.next) == ([1, 2], 2)
    last = await store.page(2, 3)
    assert ([each.number for each in last.letters], last.next) == ([3, 4, 5], None)
    assert (await store.page(5, 3)).letters == []


async def test_a_page_has_a_bound_of_bytes_but_at_least_one_letter(open_store: OpenStore) -> None:
    store = await open_store(most_bytes=1 << 30)
    for _ in range(2):
        store.add(letter("x" * 5_000_000))
    page = await store.page(0, 100)
    assert ([each.number for each in page.letters], page.next) == ([1], 1)


async def test_letters_are_found_by_type(store: DeadLetters) -> None:
    for event_type in ("a", "b", None, "a", "c"):
        store.add(letter(event_type=event_type))
    page = await store.page(1, 10, ["a", "c"])
    assert [each.number for each in page.letters] == [4, 5]
    assert (page.matching, page.kept, page.total) == (3, 5, 5)
    assert await store.numbers(0, 2, ["a", "c"]) == [1, 4]
    assert await store.numbers(0, 10) == [1, 2, 3, 4, 5]


async def test_a_letter_is_removed_once(store: DeadLetters) -> None:
    store.add(letter())
    store.add(letter())
    assert await store.remove([1, 7, 1]) == 1
    assert await store.remove([1]) == 0
    assert (await numbers(store), store.kept) == ([2], 1)
    assert (await store.page(0, 1)).total == 2


async def test_a_retry_is_noted(store: DeadLetters) -> None:
    store.add(letter())
    (before,) = await store.get([1])
    await store.update([before.refused_again([Issue("required", "/x", "expected it")], TIME)])
    (after,) = await store.get([1])
    assert (after.retries, after.retried) == (1, TIME)
    assert orjson.loads(after.issues) == [{"keyword": "required", "pointer": "/x", "message": "expected it"}]
    assert after.body == before.body


async def test_a_letter_that_is_gone_is_not_brought_back_by_a_retry(store: DeadLetters) -> None:
    store.add(letter())
    (before,) = await store.get([1])
    await store.remove([1])
    await store.update([before.refused_again([], TIME)])
    assert await numbers(store) == []


async def test_a_number_is_not_given_twice(store: DeadLetters) -> None:
    store.add(letter())
    await store.remove([1])
    assert store.add(letter()) == 2


async def test_the_oldest_make_room_for_the_newest(open_store: OpenStore) -> None:
    store = await open_store(capacity=3)
    for _ in range(5):
        store.add(letter())
    assert await numbers(store) == [3, 4, 5]


async def test_a_capacity_of_zero_keeps_nothing(open_store: OpenStore) -> None:
    store = await open_store(capacity=0)
    store.add(letter())
    assert await numbers(store) == []


async def test_a_letter_over_all_bytes_is_not_kept(open_store: OpenStore) -> None:
    store = await open_store(most_bytes=1000)
    store.add(letter())
    store.add(letter("x" * 1000))
    store.add(letter())
    assert await numbers(store) == [3]


async def test_longer_issues_count_too(open_store: OpenStore) -> None:
    """After a retry, a letter may take more room than before."""
    store = await open_store(most_bytes=1000)
    store.add(letter())
    (before,) = await store.get([1])
    await store.update([before.refused_again([Issue("type", "/x" * 400, "expected more")], TIME)])
    store.add(letter("x" * 200))
    assert await numbers(store) == [2]


def newest_that_fit(sizes: Sequence[int], capacity: int, most_bytes: int) -> list[int]:
    """The numbers of the longest row of newest letters within both bounds."""
    kept: list[int] = []
    left = most_bytes
    for number in range(len(sizes), 0, -1):
        left -= sizes[number - 1]
        if left < 0 or len(kept) == capacity:
            break
        kept.insert(0, number)
    return kept


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 400), max_size=12), st.integers(0, 6), st.integers(0, 2000))
async def test_both_bounds_hold_after_every_letter(lengths: list[int], capacity: int, most_bytes: int) -> None:
    """And whatever fits is kept, in the file as in memory."""
    with TemporaryDirectory() as directory:
        stores: list[DeadLetters] = [
            MemoryDeadLetters(capacity, most_bytes),
            SqliteDeadLetters(Path(directory), capacity, most_bytes, Metrics()),
        ]
        for store in stores:
            store.open()
            sizes: list[int] = []
            for length in lengths:
                added = letter("x" * length)
                sizes.append(added.size)
                store.add(added)
                assert await numbers(store) == newest_that_fit(sizes, capacity, most_bytes)
            await store.close()
