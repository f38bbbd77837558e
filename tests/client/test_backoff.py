"""When a server is tried again."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from eventyard.client.backoff import Backoff
from eventyard.client.retry_after import retry_after


def test_pauses_grow_up_to_a_bound_and_begin_again() -> None:
    backoff = Backoff()
    longest = [max(pauses) for pauses in zip(*[[each.pause() for _ in range(12)] for each in many()], strict=True)]
    bounds = [0.25, 0.5, 1, 2, 4, 8, 10, 10, 10, 10, 10, 10]
    assert all(0.9 * bound < pause <= bound for pause, bound in zip(longest, bounds, strict=True))
    for _ in range(12):
        backoff.pause()
    backoff.reset()
    assert backoff.pause() <= 0.25


def many() -> list[Backoff]:
    return [Backoff() for _ in range(300)]


def test_clients_do_not_come_back_together() -> None:
    pauses = sorted(backoff.pause() for backoff in many())
    assert pauses[-1] - pauses[0] > 0.1


def test_a_server_is_never_tried_before_it_wants() -> None:
    assert all(3 < backoff.pause(3) < 3.5 for backoff in many())
    assert Backoff().pause(10**6) < 301


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("0", 0.0),
        ("120", 120.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
    ],
)
def test_the_wish_of_a_server_is_read(text: str | None, expected: float | None) -> None:
    assert retry_after(text) == expected


def test_the_wish_of_a_server_may_be_a_date() -> None:
    found = retry_after(format_datetime(datetime.now(UTC) + timedelta(minutes=2), usegmt=True))
    assert found is not None
    assert 110 < found <= 120
