"""Searching for texts: one that some patterns describe and another does not, or the proof that there is none."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from eventyard.schemas.characters import Characters, contains
from eventyard.schemas.pattern_language import Language, State

__all__ = ["EVERYTHING", "Search", "Undecided"]

#: Describes every text.
EVERYTHING: Final = Language(r"^(?:.|\n)*$")

#: Characters that a person likes to see in an example.
_READABLE: Final = "a0A_-. xb1/:"

_Sets: TypeAlias = tuple[frozenset[State], ...]


class Undecided(Exception):
    """The search was ended before there was an answer."""


@dataclass(slots=True)
class Search:
    """Searches that share one budget.

    Attributes:
        budget: How many more steps of patterns may be looked at.
    """

    budget: int

    def find(
        self,
        inside: Sequence[Language],
        outside: Language | None = None,
        *,
        shortest: int = 0,
        longest: int | None = None,
    ) -> str | None:
        """A shortest text of at least ``shortest`` characters that all of ``inside`` describe and ``outside`` does not.

        ``None`` when there is none of at most ``longest`` characters.

        Raises:
            Undecided: The budget is used up.
        """
        languages = [*(inside or [EVERYTHING]), *([] if outside is None else [outside])]
        must = len(languages) - (outside is not None)

        def is_found(sets: _Sets, length: int) -> bool:
            ends = [
                any(language.is_end(state) for state in states)
                for language, states in zip(languages, sets, strict=True)
            ]
            return length >= shortest and all(ends[:must]) and not any(ends[must:])

        start: _Sets = tuple(frozenset([language.start]) for language in languages)
        # What the length is beyond ``shortest`` matters to nothing but ``longest``, and the search goes by length.
        seen = {(start, 0)}
        waiting = deque([(start, "")])
        while waiting:
            sets, text = waiting.popleft()
            if is_found(sets, len(text)):
                return text
            if longest is not None and len(text) >= longest:
                continue
            for character, following in self._following(languages, sets):
                key = following, min(len(text) + 1, shortest)
                if all(following[:must]) and key not in seen:
                    seen.add(key)
                    waiting.append((following, text + character))
        return None

    def _following(self, languages: Sequence[Language], sets: _Sets) -> Iterator[tuple[str, _Sets]]:
        steps = [
            [step for state in states for step in language.steps(state)]
            for language, states in zip(languages, sets, strict=True)
        ]
        cost = sum(map(len, steps))
        for code in _representatives([characters for each in steps for characters, _ in each]):
            if self.budget <= 0:
                raise Undecided
            self.budget -= cost
            yield (
                chr(code),
                tuple(
                    frozenset(following for characters, following in each if contains(characters, code))
                    for each in steps
                ),
            )


def _representatives(sets: Sequence[Characters]) -> list[int]:
    """One character of each kind that ``sets`` tell apart, readable ones where there are any."""
    bounds = {0, *(bound for each in sets for low, high in each for bound in (low, high + 1))}
    chosen: dict[tuple[bool, ...], int] = {}
    for code in [*map(ord, _READABLE), *sorted(bounds)]:
        # Surrogates are no characters of a text.
        if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF:
            chosen.setdefault(tuple(contains(each, code) for each in sets), code)
    return list(chosen.values())
