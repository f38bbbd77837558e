"""A model of the delivery: whatever happens in whatever order, each client sees its slice of the journal.

A server that keeps little is sent events, stopped and started again, while clients join, leave, filter, acknowledge,
resume and stop reading. What each of them was given is then compared with what the senders were told: the events behind
its beginning, in order, each once, or covered by exactly one gap that is true.

``EVENTYARD_MODEL_EXAMPLES`` says how many courses of events are tried; the few of the default are always the same.
"""

import asyncio
import os
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from .board import SESSIONS, TYPES
from .model.listener import Listener, RawListener, StockListener
from .model.promise import Promise, promise_of
from .model.view import View
from .model.witness import Witness
from .model.yard import Yard

T = TypeVar("T")

_DEFAULT = 25
EXAMPLES = int(os.environ.get("EVENTYARD_MODEL_EXAMPLES", _DEFAULT))

# How far the cursor of a live listener with lists may be behind; see docs/live-protocol.md.
_MOST_HIDDEN = 250

_Event = tuple[str, str, int]


def burst(number: int, types: tuple[str, ...], size: int) -> list[_Event]:
    """So many events at once."""
    return [(types[each % len(types)], SESSIONS[each % 2], size) for each in range(number)]


EVENT = st.tuples(st.sampled_from(TYPES), st.sampled_from(SESSIONS), st.sampled_from((0, 0, 500, 8_000)))
FEW = st.lists(EVENT, max_size=6)
# More than is kept, than one client is given, or than one has room for that does not read.
BURST = st.builds(
    burst,
    st.integers(20, 90),
    st.sampled_from((("note",), ("memo",), TYPES)),
    st.sampled_from((0, 8_000)),
)
VIEW = st.builds(
    View,
    batch=st.booleans(),
    types=st.none() | st.sets(st.sampled_from(TYPES), min_size=1).map(frozenset),
    sessions=st.none() | st.sets(st.sampled_from(SESSIONS), min_size=1).map(frozenset),
    window=st.none() | st.sampled_from((1, 3, 20)),
)
BEGINNING = st.sampled_from(
    ("cursor", "cursor", "cursor", "earlier", "long ago", "latest", "earliest", None, "another", "ahead")
)
WHO = st.integers(0, 2)


class Delivery(RuleBasedStateMachine):
    """One server and its clients, on an event loop that runs as long as a rule does."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.yard = Yard(Path(self.folder.name))
        # Those who were replaced are judged too.
        self.listeners: list[Listener] = []
        self.restarted = False
        self.run(self.yard.start())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Let the server and the clients go on until ``work`` is done."""
        return self.runner.run(asyncio.wait_for(work, 20))

    def listener(self, who: int) -> Listener:
        """One of the three who came last."""
        return self.listeners[-1 - who % min(3, len(self.listeners))]

    @property
    def had(self) -> int:
        """The last offset that any listener was given, of those who want all."""
        whole = [each for each in self.listeners if each.view.types is None and each.view.sessions is None]
        return max((listener.newest for listener in whole), default=0)

    @initialize(events=BURST | FEW, stock=VIEW, raw=VIEW)
    def begin(self, events: list[_Event], stock: View, raw: View) -> None:
        self.run(self.yard.publish(events))
        self.join(raw=False, view=stock, beginning="earliest", meanwhile=[])
        self.join(raw=True, view=raw, beginning=None, meanwhile=[])

    @rule(events=BURST | FEW, at_once=st.booleans(), settle=st.booleans())
    def publish(self, events: list[_Event], *, at_once: bool, settle: bool) -> None:
        self.run(self.yard.publish(events) if at_once else self._publish_singly(events))
        if settle:
            self.settle()

    @rule(raw=st.booleans(), view=VIEW, beginning=BEGINNING, meanwhile=FEW)
    def join(self, *, raw: bool, view: View, beginning: str | None, meanwhile: list[_Event]) -> None:
        name = f"listener {len(self.listeners) + 1}"
        listener = RawListener(name, view, self.yard.shrink_send_buffers) if raw else StockListener(name, view)
        self.listeners.append(listener)
        self.run(self._connect(listener, beginning, meanwhile))

    @rule(who=WHO, beginning=BEGINNING, meanwhile=FEW)
    def reconnect(self, who: int, beginning: str | None, meanwhile: list[_Event]) -> None:
        self.run(self._connect(self.listener(who), beginning, meanwhile))

    @rule(who=WHO, beginning=BEGINNING, meanwhile=FEW)
    def resume(self, who: int, beginning: str | None, meanwhile: list[_Event]) -> None:
        listener = self.listener(who)
        if listener.connected and listener.reads:
            self.run(self._resume(listener, beginning, meanwhile))

    @rule(who=WHO, events=FEW)
    def leave(self, who: int, events: list[_Event]) -> None:
        self.run(self.listener(who).disconnect())
        self.run(self.yard.publish(events))

    @rule(who=WHO, share=st.integers(1, 4), events=FEW)
    def acknowledge(self, who: int, share: int, events: list[_Event]) -> None:
        listener = self.listener(who)
        if listener.connected and (waiting := listener.unacknowledged):
            self.run(listener.acknowledge(waiting[(len(waiting) - 1) // share]))
        self.run(self.yard.publish(events))

    @rule(who=WHO, events=BURST, at_a_time=st.sampled_from((3, 100)), packets=st.integers(0, 30))
    def fall_behind(self, who: int, events: list[_Event], at_a_time: int, packets: int) -> None:
        """Stop to read, or read a little only, while much comes."""
        listener = self.listener(who)
        if isinstance(listener, RawListener) and listener.connected:
            listener.stop_reading()
            for begin in range(0, len(events), at_a_time):
                self.run(self.yard.publish(events[begin : begin + at_a_time]))
            self.run(listener.sip(packets))

    @precondition(lambda self: not self.restarted)
    @rule(beginnings=st.tuples(BEGINNING, BEGINNING, BEGINNING), events=FEW)
    def restart(self, beginnings: tuple[str | None, ...], events: list[_Event]) -> None:
        """All come back at once."""
        self.restarted = True
        self.run(self._restart(beginnings))
        self.run(self.yard.publish(events))

    def settle(self) -> None:
        """Everybody reads and acknowledges until nothing is left to come; then all must be right."""
        self.run(self._settle())

    def teardown(self) -> None:
        try:
            self.settle()
        finally:
            try:
                self.run(self._end())
            finally:
                self.runner.close()
                self.folder.cleanup()

    async def _connect(self, listener: Listener, beginning: str | None, meanwhile: list[_Event]) -> None:
        await listener.disconnect()
        promise = await promise_of(self.yard, listener, beginning, self.had)
        publishing = asyncio.ensure_future(self._publish_singly(meanwhile))
        await self._join(listener, promise)
        await publishing
        if not meanwhile:
            promise.check(listener)

    async def _join(self, listener: Listener, promise: Promise) -> None:
        await listener.connect(self.yard.url, promise.asked, lambda: len(self.yard.ledger.signals))

    async def _resume(self, listener: Listener, beginning: str | None, meanwhile: list[_Event]) -> None:
        promise = await promise_of(self.yard, listener, beginning, self.had)
        publishing = asyncio.ensure_future(self._publish_singly(meanwhile))
        await listener.resume(promise.asked)
        await publishing
        if not meanwhile:
            promise.check(listener)

    async def _publish_singly(self, events: list[_Event]) -> None:
        for event in events:
            await self.yard.publish([event])

    async def _restart(self, beginnings: tuple[str | None, ...]) -> None:
        before = await self.yard.history()
        await self.yard.stop()
        for listener in self.listeners:
            await listener.disconnect()
        await self.yard.start()
        assert await self.yard.history() == before
        back = [
            (listener, await promise_of(self.yard, listener, beginning, self.had))
            for listener, beginning in zip(self.listeners[-3:], beginnings, strict=False)
        ]
        await asyncio.gather(*(self._join(listener, promise) for listener, promise in back))
        for listener, promise in back:
            promise.check(listener)

    async def _settle(self) -> None:
        for listener in self.listeners:
            if isinstance(listener, RawListener):
                listener.read_on()
        for listener in self.listeners:
            if listener.connected:
                await self._finish(listener)
        history = await self.yard.history()
        kept = {int(event["sequence"]): event["id"] for event in history["events"]}
        ledger = self.yard.ledger
        wrong = [f"{offset} is {each}" for offset, each in kept.items() if ledger.entries[offset].id != each]
        for listener in self.listeners:
            if listener.closed:
                wrong.append(f"{listener.name} was closed")
            for segment in listener.segments:
                wrong += [f"{listener.name}: {each}" for each in Witness(segment, ledger, kept).findings()]
            if listener.connected and listener.view.batch and listener.reached < ledger.head - _MOST_HIDDEN:
                wrong.append(f"{listener.name}: its cursor {listener.reached} is far behind {ledger.head}")
        assert not wrong, "\n".join(wrong)

    async def _finish(self, listener: Listener) -> None:
        """Wait until a listener has been given all that is for it, as far as it can tell."""
        ledger, clock = self.yard.ledger, asyncio.get_running_loop().time
        patience = clock() + 10
        while missing := Witness(listener.segment, ledger, ()).missing():
            assert clock() < patience, f"{listener.name}: {'; '.join(missing)}"
            if waiting := listener.unacknowledged:
                await listener.acknowledge(waiting[-1])
            await asyncio.sleep(0.001)
        if waiting := listener.unacknowledged:
            await listener.acknowledge(waiting[-1])
        await listener.barrier()

    async def _end(self) -> None:
        for listener in self.listeners:
            await listener.disconnect()
        await self.yard.stop()


@pytest.mark.timeout(0 if EXAMPLES > _DEFAULT else 60)
def test_every_client_sees_its_slice_of_the_journal() -> None:
    run_state_machine_as_test(
        Delivery,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=16,
            derandomize="EVENTYARD_MODEL_EXAMPLES" not in os.environ,
            database=None,
            deadline=None,
            # To shrink a course of events takes minutes, and it is short as it is.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
