"""Dead letters that are tried again: the same way, once more."""

import asyncio
import logging
from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Any, Final

import orjson

from eventyard.dead_letters import DeadLetter, DeadLetters
from eventyard.errors import DeadLetterError, JournalError, MalformedBody
from eventyard.events import Issue, timestamp
from eventyard.pipeline.foreign import ForeignBodies
from eventyard.pipeline.guards import Limits
from eventyard.pipeline.pipeline import Pipeline
from eventyard.pipeline.reading import Unreadable, read
from eventyard.pipeline.retried import Retried, RetryStatus

__all__ = ["Retrying"]

log = logging.getLogger(__name__)

# So many letters are in memory, and their events in one commit.
_TOGETHER: Final = 100


class Retrying:
    """Sends dead letters the way that they came: foreign bodies through *decode*, events through *validate*.

    A letter that is refused again stays, with the new issues; it becomes no second letter and no second ``error``
    event. One retry goes on at a time, so that two of the same letter give one event.
    """

    def __init__(self, dead_letters: DeadLetters, pipeline: Pipeline, bodies: ForeignBodies, limits: Limits) -> None:
        """Send letters of ``dead_letters`` to ``pipeline``, by way of ``bodies`` where they are foreign."""
        self._dead_letters = dead_letters
        self._pipeline = pipeline
        self._bodies = bodies
        self._limits = limits
        self._lock = asyncio.Lock()

    async def retry(self, numbers: Collection[int]) -> list[Retried]:
        """Try the letters of these numbers again; gives a result for each, in the order of the numbers.

        Raises:
            DeadLetterError: The letters cannot be read, and nothing was tried.
            JournalError: Events cannot be kept at the moment, and nothing was tried to the end.
        """
        ordered = sorted(set(numbers))
        results: dict[int, Retried] = {}
        async with self._lock:
            try:
                for begin in range(0, len(ordered), _TOGETHER):
                    await self._retry(ordered[begin : begin + _TOGETHER], results)
            except (DeadLetterError, JournalError) as error:
                if all(each.status is RetryStatus.GONE for each in results.values()):
                    raise
                log.error("not all dead letters could be tried again: %s", error)
        return [results.get(number) or Retried(number, RetryStatus.UNAVAILABLE) for number in ordered]

    async def discard(self, number: int) -> bool:
        """Remove a letter for good; whether it was there.

        Raises:
            DeadLetterError: It could not be removed.
        """
        async with self._lock:
            return bool(await self._dead_letters.remove([number]))

    async def _retry(self, numbers: Sequence[int], results: dict[int, Retried]) -> None:
        """Add what became of the letters to ``results`` as it becomes known."""
        letters = await self._dead_letters.get(numbers)
        missing = set(numbers) - {letter.number for letter in letters}
        results.update((number, Retried(number, RetryStatus.GONE)) for number in missing)
        # Events that follow one another go together; a foreign body goes alone.
        for foreign, group in groupby(letters, key=lambda letter: letter.number if letter.is_foreign else 0):
            tried = list(group)
            retried = [await self._retry_foreign(tried[0])] if foreign else await self._retry_events(tried)
            await self._settle(tried, retried)
            results.update((each.number, each) for each in retried)

    async def _retry_events(self, letters: Sequence[DeadLetter]) -> list[Retried]:
        outcomes = await self._pipeline.attempt([self._event(letter) for letter in letters])
        return [Retried.by(letter.number, [outcome]) for letter, outcome in zip(letters, outcomes, strict=True)]

    async def _retry_foreign(self, letter: DeadLetter) -> Retried:
        value = self._value(letter)
        if isinstance(value, Unreadable):
            return Retried(letter.number, RetryStatus.REJECTED, issues=[Issue("json", "", value.reason)])
        decoded = self._bodies.decode(letter.intake, value, orjson.loads(letter.headers))
        if decoded is None:
            text = f"no installed plugin decodes the source {letter.intake!r}"
            decoded = Issue("unknown_source", "", text)
        if isinstance(decoded, Issue):
            return Retried(letter.number, RetryStatus.REJECTED, issues=[decoded])
        for event in decoded:
            event.setdefault("time", letter.time)
        # What is in must not come a second time with the next retry.
        return Retried.by(letter.number, await self._pipeline.attempt(decoded, all_or_none=True, guarded=True))

    def _event(self, letter: DeadLetter) -> object:
        """The event of a letter; one without a time happened when it was refused, not now."""
        value = self._value(letter)
        if isinstance(value, dict) and value.get("time") is None:
            value["time"] = letter.time
        return value

    def _value(self, letter: DeadLetter) -> Any:
        try:
            return read(letter.body, self._limits)[0]
        except MalformedBody as error:
            return Unreadable(letter.body, str(error))

    async def _settle(self, letters: Sequence[DeadLetter], retried: Sequence[Retried]) -> None:
        """Remove the letters of what was taken in, and note the others' new issues."""
        now = timestamp()
        taken = [each.number for each in retried if each.status is not RetryStatus.REJECTED]
        refused = [
            letter.refused_again(each.issues, now)
            for letter, each in zip(letters, retried, strict=True)
            if each.status is RetryStatus.REJECTED
        ]
        try:
            if taken:
                await self._dead_letters.remove(taken)
            if refused:
                await self._dead_letters.update(refused)
        except DeadLetterError as error:
            # The events are where they are; a letter that could not be removed turns out to be a duplicate.
            log.error("dead letters that were tried again are not up to date: %s", error)
