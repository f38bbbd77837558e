"""Compares what senders were told, what the journal keeps and what clients saw."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from .following import Follower
from .publishing import Publisher

__all__ = ["Verdict", "judge"]

# Source, id and type of an event.
_Told = tuple[str, str, str]


@dataclass(slots=True)
class Verdict:
    """What is wrong, each as a sentence; nothing in a server that loses nothing.

    Attributes:
        lost: Events that were answered with 202 and are not where the answer said, or that no client could get.
        duplicated: Events that stand twice in the journal, or that a client was given twice.
        out_of_order: Events before others of the same sender that it had sent later, or that a client was given late.
        silent_gaps: Events that a client was not given and not told to have missed.
        strange: What nobody sent, and what is not as the protocol says.
    """

    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    silent_gaps: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How much is wrong of each kind."""
        return {
            "lost": len(self.lost),
            "duplicated": len(self.duplicated),
            "out of order": len(self.out_of_order),
            "silent gaps": len(self.silent_gaps),
            "strange": len(self.strange),
        }

    def __str__(self) -> str:
        kinds = (self.lost, self.duplicated, self.out_of_order, self.silent_gaps, self.strange)
        first = [sentence for kind in kinds for sentence in kind[:5]]
        return "\n".join([str(self.counts()), *first])


def judge(
    publishers: Sequence[Publisher], journal: Mapping[str, Sequence[Mapping[str, Any]]], followers: Sequence[Follower]
) -> Verdict:
    """Compare what ``publishers`` were told with what the ``journal`` keeps and what ``followers`` saw.

    Args:
        publishers: They have sent all that there is, and have an answer for all of it.
        journal: For each stream, the events that are kept.
        followers: They have reached the head of their streams.
    """
    verdict = Verdict()
    # For each stream, what the answers say that stands at each offset: source, id and type.
    told: dict[str, dict[int, _Told]] = {stream: {} for stream in journal}
    for publisher in publishers:
        last: dict[str, int] = {}
        for identity, (stream, offset, type_name) in publisher.answered.items():
            own = publisher.source, identity, type_name
            other = told[stream].setdefault(offset, own)
            if other != own:
                verdict.lost.append(f"{own} and {other} were both put at {stream} {offset}")
            if offset <= last.get(stream, 0):
                verdict.out_of_order.append(f"{publisher.source} {identity} stands before what was sent before it")
            last[stream] = offset
    for stream, events in journal.items():
        _compare(stream, told[stream], events, verdict)
    for follower in followers:
        _follow(follower, told[follower.stream], verdict)
    return verdict


def _compare(stream: str, told: Mapping[int, _Told], events: Sequence[Mapping[str, Any]], verdict: Verdict) -> None:
    kept = {int(event["sequence"]): (event["source"], event["id"], event["type"]) for event in events}
    # A type's oldest event makes room for its newest: what is newer than its oldest is there.
    oldest: dict[str, int] = {}
    for offset, (*_, type_name) in kept.items():
        oldest.setdefault(type_name, offset)
    for offset, own in told.items():
        if offset >= oldest.get(own[2], 1) and kept.get(offset) != own:
            verdict.lost.append(f"{own} was put at {stream} {offset}, where there is {kept.get(offset)}")
    verdict.strange += [f"nobody sent {kept[offset]}, which is at {stream} {offset}" for offset in kept.keys() - told]
    verdict.duplicated += [f"{each} stands in {stream} more than once" for each in _repeated(kept.values())]


def _follow(follower: Follower, told: Mapping[int, _Told], verdict: Verdict) -> None:
    name = follower.name
    verdict.strange += [f"{name} {fault}" for fault in follower.faults]
    offsets = [offset for offset, *_ in follower.seen]
    verdict.duplicated += [f"{name} was given {each} more than once" for each in _repeated(offsets)]
    verdict.out_of_order += [
        f"{name} was given {later} behind {earlier}" for earlier, later in pairwise(offsets) if later < earlier
    ]
    for offset, *own in follower.seen:
        if told.get(offset) != tuple(own):
            verdict.strange.append(f"{name} saw {own} at {offset}, where {told.get(offset)} was put")
    wanted = {
        offset
        for offset, (*_, own) in told.items()
        if offset > follower.begin and (follower.types is None or own in follower.types)
    }
    verdict.strange += [f"{name} was given {each} and did not ask for it" for each in set(offsets) - wanted]
    missed = {offset for first, last in follower.gaps for offset in range(first, last + 1)}
    verdict.strange += [f"{name} was given {each} and told to have missed it" for each in missed.intersection(offsets)]
    verdict.silent_gaps += [f"{name} was not given {each}" for each in sorted(wanted - missed - set(offsets))]


def _repeated(values: Iterable[Any]) -> list[Any]:
    return [value for value, times in Counter(values).items() if times > 1]
