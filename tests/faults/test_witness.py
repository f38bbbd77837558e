"""The witness of the other tests finds each thing that can be wrong."""

from collections.abc import Sequence
from random import Random
from typing import Any

import pytest

from .following import Follower
from .publishing import Place, Publisher
from .witness import Verdict, judge


def event(offset: int) -> dict[str, Any]:
    """What a journal keeps at ``offset`` when all is well."""
    return {"sequence": f"{offset:020d}", "source": "/p", "id": f"e{offset}", "type": "tool_start"}


def verdict(
    answered: Sequence[tuple[str, int]],
    kept: Sequence[dict[str, Any]],
    seen: Sequence[int],
    gaps: Sequence[tuple[int, int]] = (),
    begin: int = 0,
) -> Verdict:
    publisher = Publisher("http://nowhere", "/p", Random(1), most=1, pause=0)
    publisher.answered = {identity: Place("tools", offset, "tool_start") for identity, offset in answered}
    follower = Follower("http://nowhere", "tools")
    follower.seen = [(offset, "/p", f"e{offset}", "tool_start") for offset in seen]
    follower.gaps = list(gaps)
    follower.begin = begin
    return judge([publisher], {"tools": kept}, [follower])


ANSWERED = [("e1", 1), ("e2", 2), ("e3", 3)]
KEPT = [event(1), event(2), event(3)]


@pytest.mark.parametrize(
    ("found", "wrong"),
    [
        pytest.param(verdict(ANSWERED, KEPT, [1, 2, 3]), {}, id="all is well"),
        pytest.param(verdict(ANSWERED, KEPT[1:], [2, 3], [(1, 1)]), {}, id="trimmed, and told"),
        pytest.param(verdict(ANSWERED, KEPT[1:], [2, 3], begin=1), {}, id="trimmed before it came"),
        pytest.param(verdict(ANSWERED, KEPT, [3], begin=1), {"silent gaps": 1}, id="not given, behind where it began"),
        pytest.param(verdict(ANSWERED, KEPT[:2], [1, 2, 3]), {"lost": 1}, id="answered and not kept"),
        pytest.param(
            verdict([("e1", 1), ("e1b", 1)], KEPT[:1], [1]),
            {"lost": 1, "out of order": 1},
            id="a place is given twice",
        ),
        pytest.param(
            verdict(ANSWERED, [*KEPT, event(3) | {"sequence": "4"}], [1, 2, 3]),
            {"duplicated": 1, "strange": 1},
            id="kept twice",
        ),
        pytest.param(verdict(ANSWERED, KEPT, [1, 2, 2, 3]), {"duplicated": 1}, id="given twice"),
        pytest.param(verdict(ANSWERED, KEPT, [1, 3, 2]), {"out of order": 1}, id="given out of order"),
        pytest.param(
            verdict([("e2", 2), ("e1", 1), ("e3", 3)], KEPT, [1, 2, 3]), {"out of order": 1}, id="kept out of order"
        ),
        pytest.param(verdict(ANSWERED, KEPT, [1, 3]), {"silent gaps": 1}, id="not given and not told"),
        pytest.param(verdict(ANSWERED, KEPT, [1, 2, 3], [(2, 2)]), {"strange": 1}, id="given and told as missing"),
        pytest.param(verdict(ANSWERED[:2], KEPT, [1, 2, 3]), {"strange": 3}, id="kept and given, and nobody was told"),
    ],
)
def test_a_witness_finds_what_is_wrong(found: Verdict, wrong: dict[str, int]) -> None:
    assert {kind: count for kind, count in found.counts().items() if count} == wrong
