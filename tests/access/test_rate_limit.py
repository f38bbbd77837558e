"""How much single clients may ask for."""

from eventyard.access import EVERYTHING, Grant, RateLimit, Scope, SenderLimits, client_name
from hypothesis import given
from hypothesis import strategies as st


class Clock:
    """Stands still until it is set."""

    now = 50.0

    def __call__(self) -> float:
        return self.now


def test_what_is_saved_up_may_be_used_at_once() -> None:
    limit = RateLimit(2, 10, clock=Clock())
    for _ in range(20):
        assert limit.wait("ann") == 0
        limit.charge("ann", 1)
    limit.charge("ann", 1)
    assert limit.wait("ann") == 0.5


def test_it_comes_back_with_time_and_no_further_than_it_was() -> None:
    clock = Clock()
    limit = RateLimit(2, 10, clock=clock)
    limit.charge("ann", 30)
    assert limit.wait("ann") == 5
    clock.now += 5
    assert limit.wait("ann") == 0
    clock.now += 1000
    limit.charge("ann", 21)
    assert limit.wait("ann") == 0.5


def test_a_large_amount_is_taken_as_a_whole_and_paid_afterwards() -> None:
    limit = RateLimit(1, 1, clock=Clock())
    limit.charge("ann", 1000)
    assert limit.wait("ann") == 999


def test_each_client_has_its_own() -> None:
    limit = RateLimit(1, 1, clock=Clock())
    limit.charge("ann", 10)
    assert (limit.wait("ann"), limit.wait("bob")) == (9, 0)


def test_no_more_clients_are_remembered_than_there_is_room_for() -> None:
    limit = RateLimit(1, 1, clock=Clock())
    limit.charge("first", 10)
    limit.charge("second", 10)
    limit.charge("first", 10)
    for number in range(9_999):
        limit.charge(str(number), 10)
    assert limit.wait("first") == 19
    assert limit.wait("second") == 0


@given(
    rate=st.floats(0.1, 1000),
    burst=st.floats(0.1, 100),
    asked=st.lists(st.tuples(st.floats(0, 10), st.integers(1, 100)), max_size=60),
)
def test_on_average_nobody_has_more_than_the_rate(rate: float, burst: float, asked: list[tuple[float, int]]) -> None:
    """But for what was saved up, and one amount that was asked for last."""
    clock = Clock()
    begin = clock.now
    limit = RateLimit(rate, burst, clock=clock)
    had = last = 0
    for pause, amount in asked:
        clock.now += pause
        if limit.wait("ann") == 0:
            limit.charge("ann", amount)
            had, last = had + amount, amount
    assert had - last <= rate * (burst + clock.now - begin) * 1.000001


def test_a_sender_waits_for_whichever_bound_is_the_longest() -> None:
    clock = Clock()
    limits = SenderLimits(RateLimit(1, 1, clock=clock), RateLimit(100, 1, clock=clock))
    limits.charge("ann", 4, 100)
    assert limits.wait("ann") == 3
    limits.charge("ann", 0, 1000)
    assert limits.wait("ann") == 10


def test_without_bounds_nobody_waits() -> None:
    limits = SenderLimits(None, None)
    limits.charge("ann", 10**9, 10**9)
    assert (limits.are_set, limits.wait("ann")) == (False, 0)


def test_a_client_is_its_token_or_else_its_address() -> None:
    assert client_name(EVERYTHING, "127.0.0.1") == "the address 127.0.0.1"
    assert client_name(Grant("ci", frozenset({Scope.READ})), "127.0.0.1") == "the token 'ci'"
