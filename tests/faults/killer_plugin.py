"""A plugin that ends the process of its server at a point of an event's way, as ``kill -9`` would."""

import asyncio
import os
import signal
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from eventyard import Event, Namespace, Plugin, Route, hookimpl

#: Where: ``enrich``, ``commit`` (behind it), ``broadcast`` (behind it) or ``emit``; and at which event of this process.
POINT, AT = os.environ["KILLER_POINT"], int(os.environ["KILLER_AT"])

STARTED = datetime.now(UTC).isoformat()


class Countdown:
    """Kills when it has been passed often enough."""

    passed = 0

    @classmethod
    def step(cls, point: str) -> bool:
        if point == POINT:
            cls.passed += 1
        return point == POINT and cls.passed == AT


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Watch(Namespace):
    """Is told of every committed event before any client is."""

    name = "/killer"
    observes = ("error", "subagent_start", "tool_start", "tool_stop", "user_prompt")

    def apply(self, event: Event) -> None:
        # The others are those that were kept before.
        if str(event["recordedtime"]) < STARTED:
            return
        if Countdown.step("commit"):
            kill()
        if Countdown.step("broadcast"):
            # The flush is the next thing that the event loop does; the answer to the sender comes behind that.
            loop = asyncio.get_running_loop()
            loop.call_soon(loop.call_soon, kill)


class Killer(Plugin):
    """Kills."""

    @hookimpl
    def namespaces(self) -> Iterable[type[Namespace]]:
        return [Watch]

    @hookimpl
    def enrich(self, event: Event) -> dict[str, Any] | None:
        if Countdown.step("enrich"):
            kill()
        return None

    @hookimpl
    def emit(self, event: Event, route: Route) -> None:
        if Countdown.step("emit"):
            kill()
