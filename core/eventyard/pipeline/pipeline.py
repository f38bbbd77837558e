"""The way of an event: validate → enrich → duplicate check → route → buffer → commit; broadcast follows the commit."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from functools import partial
from typing import Any, Final, TypeAlias

from eventyard.dead_letters import DeadLetters
from eventyard.errors import JournalError
from eventyard.events import Event, Outcome, timestamp
from eventyard.journal import Journal
from eventyard.metrics import Metrics
from eventyard.pipeline.batch import Batch
from eventyard.pipeline.commits import Audience, Commits
from eventyard.pipeline.duplicates import DuplicateWindow
from eventyard.pipeline.errands import Errands
from eventyard.pipeline.refusal import Refusal
from eventyard.pipeline.reports import rejection
from eventyard.pipeline.sinks import Sinks
from eventyard.pipeline.stages import PipelineLimits, Stages
from eventyard.pipeline.steps import Steps, complete
from eventyard.plugins import PluginManager
from eventyard.redaction import Redactor

__all__ = ["Pipeline", "Reply"]

log = logging.getLogger(__name__)

#: So many refused events are kept and told of without a turn for the rest of the event loop: about 3 ms.
_PORTION: Final = 20

#: Called with what became of each value, or with what went wrong.
Reply: TypeAlias = Callable[[list[Outcome] | BaseException], None]

# Goes on with a batch whose steps have yielded something to be awaited, or are over.
_Rest: TypeAlias = Callable[[Batch, Steps[None], Awaitable[Any] | None], Coroutine[Any, Any, list[Outcome]]]


class Pipeline:
    """Takes lists of values in, and gives for each what became of it.

    A list costs one pass: one commit and one wake-up of whoever waits, however many events it has.
    """

    def __init__(
        self,
        plugins: PluginManager,
        *,
        journal: Journal,
        audience: Audience,
        dead_letters: DeadLetters,
        metrics: Metrics,
        limits: PipelineLimits,
        namespaces: Collection[str],
        redactor: Redactor | None,
    ) -> None:
        """Connect the stages.

        Args:
            plugins: Types, schemas and chains.
            journal: Where events are kept.
            audience: Who listens.
            dead_letters: Where refused events are kept.
            metrics: Where it counts and times.
            limits: Its bounds.
            namespaces: The namespaces that a route may name.
            redactor: Takes secrets out of what is kept; ``None`` keeps everything.
        """
        self._redactor = redactor
        self._dead_letters = dead_letters
        self._metrics = metrics
        self._stages = Stages(plugins, metrics, limits, namespaces, redactor)
        self._commits = Commits(self._stages, journal, audience, metrics)
        self._errands = Errands()

    @property
    def duplicates(self) -> DuplicateWindow:
        """The duplicate check."""
        return self._stages.duplicates

    @property
    def sinks(self) -> Sinks:
        """What calls ``emit``."""
        return self._commits.sinks

    def knows(self, event_type: str) -> bool:
        """Whether a plugin owns ``event_type``."""
        return event_type in self._stages.lanes

    async def process(self, values: Sequence[object], intake: str, *, guarded: bool = False) -> list[Outcome]:
        """Take ``values`` in, in order; what is refused becomes a dead letter and an ``error`` event.

        Args:
            values: One JSON value an event, of which objects are taken over and completed; or what stands in its place
                and cannot be read.
            intake: How they came in, for dead letters: ``http``, ``socket.io``, ``server`` or a source.
            guarded: Whether depth, size and numbers were already checked while parsing.

        Returns:
            What became of each value, in the same order.

        Raises:
            JournalError: Nothing of the list was kept; the sender may send it again.
        """
        batch = Batch(values)
        return await self._process(batch, self._stages.steps(batch, guarded=guarded), intake=intake)

    def take(self, values: Sequence[object], intake: str, reply: Reply, *, guarded: bool = False) -> None:
        """Take ``values`` in as :meth:`process` does, and call ``reply`` with what that would give or raise.

        No task is made for it, as long as nothing but the commit is to be waited for.
        """
        batch = Batch(values)
        steps = self._stages.steps(batch, guarded=guarded)
        self._begin(batch, steps, reply, partial(self._process, intake=intake), refused_too=False)

    def offer(self, values: Sequence[object], reply: Reply, *, guarded: bool = False) -> None:
        """Take ``values`` in as :meth:`take` does, but leave what is refused to the caller."""
        batch = Batch(values)
        self._begin(batch, self._stages.steps(batch, guarded=guarded), reply, self._finish, refused_too=True)

    async def attempt(
        self, values: Sequence[object], *, all_or_none: bool = False, guarded: bool = False
    ) -> list[Outcome]:
        """Take ``values`` in as :meth:`process` does, but leave what is refused to the caller.

        With ``all_or_none``, one value that is refused keeps the others from being taken in, whatever their outcome
        would have been.
        """
        batch = Batch(values)
        await self._complete(batch, self._stages.steps(batch, guarded=guarded))
        if all_or_none and batch.refused:
            self._commits.drop(batch)
        else:
            await self._keep(batch)
        return batch.outcomes

    async def refuse(self, refusals: Sequence[Refusal], intake: str) -> None:
        """Keep what was refused as dead letters, and tell of each by an ``error`` event."""
        # A refused report must not be reported: it would be refused again.
        are_told = intake != "server" and self.knows("error")
        for begin in range(0, len(refusals), _PORTION):
            portion = refusals[begin : begin + _PORTION]
            numbers = self._keep_letters(portion, intake)
            try:
                await asyncio.sleep(0)
                if are_told:
                    await self._tell(portion, numbers, intake)
            except asyncio.CancelledError:
                self._keep_letters(refusals[begin + _PORTION :], intake)
                raise
            except JournalError as error:
                # The sender's own events are kept, or refused for good; sending them again would help nobody.
                # Nor would telling of the next ones: each try may wait for the disk.
                log.error("%d refused events could not be told on /errors: %s", len(refusals) - begin, error)
                are_told = False

    async def _tell(self, refusals: Sequence[Refusal], numbers: Sequence[int | None], intake: str) -> None:
        """Tell of each refusal, which was kept under the number in its place, by an ``error`` event."""
        await self.publish(
            [rejection(each.event, each.issues, intake, number) for each, number in zip(refusals, numbers, strict=True)]
        )

    async def publish(self, events: Sequence[Event]) -> list[Outcome]:
        """Take in events that the server or a plugin makes."""
        return await self.process([event.to_dict() for event in events], "server")

    def _begin(self, batch: Batch, steps: Steps[None], reply: Reply, rest: _Rest, *, refused_too: bool) -> None:
        """Take in what needs no waiting but for the commit; else have the ``rest`` done in a task."""
        try:
            awaited = next(steps, None)
        except Exception as error:  # noqa: BLE001 - whatever it is, the sender gets an answer
            self._commits.drop(batch)
            reply(error)
            return
        if awaited is None and (refused_too or not batch.refused):
            self._commits.commit(batch, partial(self._answer, reply))
        else:
            self._errands.run(rest(batch, steps, awaited), reply)

    async def _process(
        self, batch: Batch, steps: Steps[None], awaited: Awaitable[Any] | None = None, *, intake: str
    ) -> list[Outcome]:
        try:
            await self._finish(batch, steps, awaited)
        except asyncio.CancelledError:
            # The sender has gone while the others were committed; what it sent is not lost for that.
            self._keep_letters(batch.refusals, intake)
            raise
        if batch.refused:
            await self.refuse(batch.refusals, intake)
        return batch.outcomes

    async def _finish(self, batch: Batch, steps: Steps[None], awaited: Awaitable[Any] | None = None) -> list[Outcome]:
        await self._complete(batch, steps, awaited)
        await self._keep(batch)
        return batch.outcomes

    async def _complete(self, batch: Batch, steps: Steps[None], awaited: Awaitable[Any] | None = None) -> None:
        try:
            await complete(steps, awaited)
        except BaseException:
            self._commits.drop(batch)
            raise

    async def _keep(self, batch: Batch) -> None:
        """Commit ``batch`` and wait for it; who does not wait to the end has it committed all the same."""
        done = asyncio.get_running_loop().create_future()
        self._commits.commit(batch, lambda _: None if done.done() else done.set_result(None))
        await done
        if batch.error is not None:
            raise batch.error
        await batch.settled()

    def _answer(self, reply: Reply, batch: Batch) -> None:
        """Tell the sender of a batch that is committed, at once if nothing else is to be waited for."""
        if batch.error is not None:
            reply(batch.error)
        elif batch.tell_offsets():
            reply(batch.outcomes)
        else:
            self._errands.run(batch.settled(), reply)

    def _keep_letters(self, refusals: Sequence[Refusal], intake: str) -> list[int | None]:
        """Make dead letters of what was refused; gives their numbers, ``None`` for one that could not be kept."""
        self._metrics.rejected.inc(len(refusals))
        now = timestamp()
        redactor = self._redactor
        return [self._dead_letters.add(each.letter(now, intake, self._stages.lanes, redactor)) for each in refusals]
