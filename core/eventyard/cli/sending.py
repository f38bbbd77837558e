"""Sending the events of a file, and telling what became of them."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from eventyard.cli.event_file import Entry
from eventyard.client import EventsRejected, InvalidEvent, SyncPublisher
from eventyard.client.http_client import HttpClient
from eventyard.events import Outcome, Status, uuid7
from eventyard.settings import ServerAddress

__all__ = ["Refusal", "Sender", "summary"]

# Few enough that a terminal sees progress.
_TOGETHER = 500


@dataclass(frozen=True, slots=True)
class Refusal:
    """One event that was refused.

    Attributes:
        line: The line of the file that it starts in.
        id: Its identity; ``None`` when it has none that can be read.
        issues: Why: objects with ``keyword``, ``pointer`` and ``message`` from the server, or plain sentences.
    """

    line: int
    id: str | None
    issues: Sequence[dict[str, Any] | str]

    @property
    def sentences(self) -> list[str]:
        """The issues as text, each after the place in the event that it is about."""
        return [
            f"{issue.get('pointer') or '/'}: {issue.get('message')}" if isinstance(issue, dict) else issue
            for issue in self.issues
        ]


class Sender:
    """Sends events of a file and counts what became of them.

    Attributes:
        counts: Events that were ``accepted``, those that were there already (``duplicate``), and those that were
            ``rejected``, with the places where there was no event to read.
    """

    def __init__(self, publisher: SyncPublisher, on_refusal: Callable[[Refusal], None]) -> None:
        """Make a sender.

        Args:
            publisher: Gives the events to the server.
            on_refusal: Told of each event that was refused.
        """
        self._publisher = publisher
        self._on_refusal = on_refusal
        self.counts = {status.value: 0 for status in Status}

    @classmethod
    @contextmanager
    def to(cls, address: ServerAddress, on_refusal: Callable[[Refusal], None]) -> Iterator["Sender"]:
        """A sender to the server at ``address``, which has to be there at first, and may be away for a while later.

        Raises:
            Unreachable: No server answers.
        """
        # A publisher would wait for it, and a person who has mistyped the address would wait with it.
        with closing(HttpClient(address.url, address.token)) as client:
            client.get("/livez")
        with SyncPublisher(address.url, token=address.token) as publisher:
            yield cls(publisher, on_refusal)

    def send(self, entries: Sequence[Entry]) -> None:
        """Send events.

        Raises:
            Refused: The server does not let us in.
            Unreachable: It was away or busy for too long.
        """
        readable = [entry for entry in entries if self._is_readable(entry)]
        for begin in range(0, len(readable), _TOGETHER):
            self._send(readable[begin : begin + _TOGETHER])

    def _is_readable(self, entry: Entry) -> bool:
        if entry.problem is not None:
            self._refuse(entry.line, None, [entry.problem])
        elif not isinstance(entry.value, dict):
            self._refuse(entry.line, None, ["an event is a JSON object"])
        return isinstance(entry.value, dict)

    def _send(self, entries: Sequence[Entry]) -> None:
        # An identity of ours: it stays when they are sent again.
        events = [entry.value if "id" in entry.value else {**entry.value, "id": uuid7()} for entry in entries]
        try:
            outcomes = self._publisher.publish(*events)
        except EventsRejected as error:
            outcomes = error.outcomes
        except InvalidEvent as error:
            if len(entries) == 1:
                self._refuse(entries[0].line, None, [str(error)])
                return
            for entry, event in zip(entries, events, strict=True):
                self._send([Entry(entry.line, event)])
            return
        for entry, event, outcome in zip(entries, events, outcomes, strict=True):
            self._count(entry.line, event, outcome)

    def _count(self, line: int, event: Mapping[str, Any], outcome: Outcome) -> None:
        if outcome.status is Status.REJECTED:
            identity = event["id"] if isinstance(event["id"], str) else None
            self._refuse(line, identity, [issue.to_json() for issue in outcome.issues])
        else:
            self.counts[outcome.status.value] += 1

    def _refuse(self, line: int, identity: str | None, issues: Sequence[dict[str, Any] | str]) -> None:
        self.counts[Status.REJECTED.value] += 1
        self._on_refusal(Refusal(line, identity, issues))


def summary(counts: dict[str, int], refusals: Sequence[Refusal], *, as_json: bool) -> str:
    """What became of all events; as JSON with each problem, else in words without them."""
    if as_json:
        return json.dumps({**counts, "problems": [asdict(refusal) for refusal in refusals]})
    return ", ".join(f"{count} {status}" for status, count in counts.items())
