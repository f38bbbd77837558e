r"""The language of a pattern: which texts it describes, found in time linear in the text.

A portable pattern (:mod:`.patterns`) is read into a tree, and the tree into states by partial derivatives: the state is
what may still come, and a step leads from it over a set of characters to the next one (V. Antimirov, Partial
derivatives of regular expressions, 1996). Counted repetitions stay counted, so ``[a-z]{1,4096}`` is no larger than it
looks.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

from eventyard.schemas.characters import Characters, complement, union

__all__ = ["MAX_DEPTH", "MAX_PLACES", "Language", "State", "Step"]

#: How deep groups may be nested.
MAX_DEPTH: Final = 32

#: How many characters a pattern may describe at the most, each repetition counted as often as it is bounded to.
MAX_PLACES: Final = 10_000

_TOKEN: Final = re.compile(
    r"(?P<class>\[(?:\\u[0-9A-Fa-f]{4}|\\.|[^\\\]])*\])|(?P<open>\((?:\?:)?)|(?P<close>\))|(?P<or>\|)|(?P<any>\.)"
    r"|(?P<repeat>[*+?]|\{(?P<least>[0-9]+)(?P<comma>,)?(?P<most>[0-9]*)\})\??"
    r"|(?P<literal>\\u[0-9A-Fa-f]{4}|\\.|[^\\])",
    re.DOTALL,
)
_MEMBER: Final = re.compile(r"\\u[0-9A-Fa-f]{4}|\\.|.", re.DOTALL)
_CONTROLS: Final = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}
_NO_LINE_FEED: Final = complement(((10, 10),))


@dataclass(frozen=True, slots=True, eq=False)
class _Symbol:
    characters: Characters


@dataclass(frozen=True, slots=True, eq=False)
class _Choice:
    options: tuple["_Sequence", ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Repeat:
    body: "_Sequence"
    least: int
    most: int | None


_Node: TypeAlias = _Symbol | _Choice | _Repeat
_Sequence: TypeAlias = tuple[_Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Rest:
    """What may still come: first ``head``, then ``tail``. Each is made once, so that equal ones are the same."""

    head: _Node
    tail: "State"


#: What may still come; ``None`` is the end.
State: TypeAlias = _Rest | None

#: The characters that lead on, and where to.
Step: TypeAlias = tuple[Characters, State]


class Language:
    """The texts that a portable pattern describes.

    Attributes:
        start: The state before the first character.
    """

    def __init__(self, pattern: str) -> None:
        """Read ``pattern``, which :func:`.patterns.pattern_objection` has nothing against."""
        self._rests: dict[tuple[int, int], _Rest] = {}
        self._repeats: dict[tuple[int, int, int | None], _Repeat] = {}
        self._steps: dict[State, list[Step]] = {}
        self._tree = _read(pattern[1:-1])
        self.start = self._before(self._tree, None)

    @property
    def places(self) -> int:
        """How many characters it describes, each repetition counted as often as it is bounded to."""
        return _places(self._tree)

    def steps(self, state: State) -> list[Step]:
        """The steps from ``state``; a step that is there twice is told twice."""
        found = self._steps.get(state)
        if found is None:
            found = self._steps[state] = list(self._steps_from(state))
        return found

    @staticmethod
    def is_end(state: State) -> bool:
        """Whether the text may end in ``state``."""
        while state is not None:
            if not _may_be_empty(state.head):
                return False
            state = state.tail
        return True

    def states(self) -> Iterator[State]:
        """All states that can be reached, from the start on."""
        seen: dict[State, None] = {self.start: None}
        waiting = [self.start]
        while waiting:
            state = waiting.pop()
            yield state
            for _, following in self.steps(state):
                if following not in seen:
                    seen[following] = None
                    waiting.append(following)

    def is_ambiguous(self) -> bool:
        """Whether some text can be read in more than one way, so that a backtracking engine may try them all."""
        if _repeats_what_may_be_empty(self._tree):
            return True
        return any(_overlap(self.steps(state)) for state in self.states())

    def _steps_from(self, state: State) -> Iterator[Step]:
        while state is not None:
            yield from self._node_steps(state.head, state.tail)
            if not _may_be_empty(state.head):
                return
            state = state.tail

    def _node_steps(self, node: _Node, tail: State) -> Iterator[Step]:
        match node:
            case _Symbol(characters):
                yield characters, tail
            case _Choice(options):
                for option in options:
                    yield from self._sequence_steps(option, tail)
            case _Repeat(body, least, most) if most != 0:
                again = self._repeat(body, max(least - 1, 0), None if most is None else most - 1)
                yield from self._sequence_steps(body, self._before((again,), tail))

    def _sequence_steps(self, nodes: _Sequence, tail: State) -> Iterator[Step]:
        for place, node in enumerate(nodes, 1):
            yield from self._node_steps(node, self._before(nodes[place:], tail))
            if not _may_be_empty(node):
                return

    def _before(self, nodes: _Sequence, state: State) -> State:
        for node in reversed(nodes):
            if isinstance(node, _Repeat) and node.most == 0:
                continue
            key = id(node), id(state)
            if key not in self._rests:
                self._rests[key] = _Rest(node, state)
            state = self._rests[key]
        return state

    def _repeat(self, body: _Sequence, least: int, most: int | None) -> _Repeat:
        key = id(body), least, most
        if key not in self._repeats:
            self._repeats[key] = _Repeat(body, least, most)
        return self._repeats[key]


def _may_be_empty(node: _Node) -> bool:
    match node:
        case _Choice(options):
            return any(all(map(_may_be_empty, option)) for option in options)
        case _Repeat(body, least, _):
            return least == 0 or all(map(_may_be_empty, body))
    return False


def _repeats_what_may_be_empty(nodes: _Sequence) -> bool:
    for node in nodes:
        match node:
            case _Choice(options) if any(map(_repeats_what_may_be_empty, options)):
                return True
            case _Repeat(body) if all(map(_may_be_empty, body)) or _repeats_what_may_be_empty(body):
                return True
    return False


def _places(nodes: _Sequence) -> int:
    total = 0
    for node in nodes:
        match node:
            case _Choice(options):
                total += sum(map(_places, options))
            case _Repeat(body, least, most):
                total += _places(body) * max(least if most is None else most, 1)
            case _:
                total += 1
    return total


def _overlap(steps: list[Step]) -> bool:
    ranges = sorted(each for characters, _ in steps for each in characters)
    return any(high >= following for (_, high), (following, _) in pairwise(ranges))


def _read(text: str) -> _Sequence:
    """The tree of what stands between ``^`` and ``$``."""
    # For each open group its finished options, and the one under way.
    groups: list[tuple[list[_Sequence], list[_Node]]] = [([], [])]
    for token in _TOKEN.finditer(text):
        options, nodes = groups[-1]
        if token["open"]:
            groups.append(([], []))
        elif token["close"]:
            groups.pop()
            groups[-1][1].append(_Choice((*options, tuple(nodes))))
        elif token["or"]:
            groups[-1] = [*options, tuple(nodes)], []
        elif token["repeat"]:
            nodes.append(_Repeat((nodes.pop(),), *_bounds(token)))
        elif token["class"]:
            nodes.append(_Symbol(_class(token["class"][1:-1])))
        else:
            nodes.append(_Symbol(_NO_LINE_FEED if token["any"] else ((_code(token["literal"]),) * 2,)))
    return tuple(groups[0][1])


def _bounds(token: re.Match[str]) -> tuple[int, int | None]:
    simple: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
    if token["repeat"] in simple:
        return simple[token["repeat"]]
    least = int(token["least"])
    if not token["comma"]:
        return least, least
    return least, int(token["most"]) if token["most"] else None


def _class(text: str) -> Characters:
    is_negated = text.startswith("^")
    members = _MEMBER.findall(text[is_negated:])
    ranges: list[tuple[int, int]] = []
    place = 0
    while place < len(members):
        low = high = _code(members[place])
        if place + 2 < len(members) and members[place + 1] == "-":
            high = _code(members[place + 2])
            place += 2
        place += 1
        ranges.append((low, high))
    return complement(union(ranges)) if is_negated else union(ranges)


def _code(written: str) -> int:
    if written.startswith("\\u") and len(written) == 6:
        return ord(json.loads(f'"{written}"'))
    character = written[-1]
    return ord(_CONTROLS.get(character, character) if written.startswith("\\") else character)
