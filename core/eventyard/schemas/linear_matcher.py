"""Matching in time linear in the text, for patterns at which a backtracking engine could take exponential time."""

from typing import Final

from eventyard.schemas.characters import contains
from eventyard.schemas.pattern_language import Language

__all__ = ["MAX_STATES", "LinearMatcher"]

#: How many states such a pattern may have: matching costs up to so many steps a character.
MAX_STATES: Final = 1000

#: How many transitions are remembered.
_CACHED: Final = 10_000


class LinearMatcher:
    """Matches whole texts against a language, following all ways to read the text at once."""

    def __init__(self, language: Language) -> None:
        """Match against ``language``, which has at most :data:`MAX_STATES` states."""
        states = list(language.states())
        numbers = {state: number for number, state in enumerate(states)}
        self._steps = [
            [(characters, 1 << numbers[following]) for characters, following in language.steps(state)]
            for state in states
        ]
        self._ends = sum(1 << number for number, state in enumerate(states) if language.is_end(state))
        self._cache: dict[tuple[int, str], int] = {}

    def search(self, text: str) -> bool:
        """Whether the language has ``text``."""
        # A set of states as a number: the bit of each state that the text so far can lead to.
        reached = 1
        for character in text:
            following = self._cache.get((reached, character))
            if following is None:
                if len(self._cache) >= _CACHED:
                    self._cache.clear()
                following = self._cache[reached, character] = self._following(reached, ord(character))
            if not following:
                return False
            reached = following
        return bool(reached & self._ends)

    def _following(self, reached: int, code: int) -> int:
        following = 0
        for number, steps in enumerate(self._steps):
            if reached >> number & 1:
                for characters, state in steps:
                    if not following & state and contains(characters, code):
                        following |= state
        return following
