"""How much is done: little by default, so that the tests stay fast; all of it under ``nox -s faults``."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Any, Self

import pytest

__all__ = ["Effort", "first", "only_in_full"]


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is done. Each number has an environment variable ``EVENTYARD_FAULT_<NAME>``.

    Attributes:
        full: Whether all of it is to be done: ``EVENTYARD_FAULTS`` is ``full``.
        seed: What the random moments are made of; printed with the figures.
        kills: How often a server is killed at a random moment.
        seconds: How long slow clients are borne.
        rate: Events a second that pass by meanwhile.
        events: How many events go through a journal that keeps few of them.
    """

    full: bool
    seed: int
    kills: int
    seconds: int
    rate: int
    events: int

    @classmethod
    def of_environment(cls) -> Self:
        """What the environment asks for."""
        full = os.environ.get("EVENTYARD_FAULTS") == "full"

        def number(name: str, small: int, large: int) -> int:
            return int(os.environ.get(f"EVENTYARD_FAULT_{name}") or (large if full else small))

        return cls(
            full=full,
            seed=number("SEED", *[Random().randrange(1_000_000)] * 2),
            kills=number("KILLS", 1, 50),
            seconds=number("SECONDS", 1, 60),
            rate=number("RATE", 300, 2000),
            events=number("EVENTS", 0, 1_000_000),
        )

    def random(self, subject: str) -> Random:
        """A source of random numbers that belongs to one test alone."""
        return Random(f"{self.seed} {subject}")


#: For tests that are worth their time only when all is done.
only_in_full = pytest.mark.skipif(not Effort.of_environment().full, reason="is a part of nox -s faults")


def first(cases: Iterable[Any]) -> list[Any]:
    """Parameters of a test of which only the first one is worth its time by default."""
    values = [case if isinstance(case, tuple) else (case,) for case in cases]
    return [pytest.param(*value, marks=[only_in_full] if number else []) for number, value in enumerate(values)]
