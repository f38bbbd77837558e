"""Sending events to a server in batches."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from eventyard.cli.event_file import Entry
from eventyard.cli.http_client import Answer, HttpClient
from eventyard.errors import EventyardError
from eventyard.events.identifiers import uuid7

__all__ = ["NotSent", "Refusal", "Sender", "summary"]

_BATCH_EVENTS = 500
_BATCH_BYTES = 4 << 20
_CONTENT_TYPE = "application/cloudevents-batch+json"

# How often a server that is busy is asked, and the seconds between, where it names none.
_ATTEMPTS = 5
_PAUSE = 1.0
_LONGEST_PAUSE = 30.0


class NotSent(EventyardError):
    """The server takes no events from us: it wants a credential, stays busy or fails."""


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


@dataclass(frozen=True, slots=True)
class _Item:
    line: int
    id: str | None
    body: bytes


class Sender:
    """Sends events in batches and counts what became of them.

    Attributes:
        counts: Events that were ``accepted``, those that were there already (``duplicate``), and those that were
            ``rejected``, with the places where there was no event to read.
    """

    def __init__(self, client: HttpClient, on_refusal: Callable[[Refusal], None]) -> None:
        """Make a sender.

        Args:
            client: The connection to the server.
            on_refusal: Told of each event that was refused.
        """
        self._client = client
        self._on_refusal = on_refusal
        self.counts = {"accepted": 0, "duplicate": 0, "rejected": 0}

    def send(self, entries: Sequence[Entry]) -> None:
        """Send events, in as few requests as the server's limits allow.

        Raises:
            NotSent: The server takes no events from us.
            Unreachable: No server answers.
        """
        for batch in _batches(self._readable(entries)):
            self._send_batch(batch)

    def _readable(self, entries: Sequence[Entry]) -> Iterator[_Item]:
        for entry in entries:
            if entry.problem is not None:
                self._refuse(entry.line, None, [entry.problem])
            elif not isinstance(entry.value, dict):
                self._refuse(entry.line, None, ["an event is a JSON object"])
            else:
                # An id of ours lets the server recognise what it has had when a batch is sent again.
                event = entry.value if "id" in entry.value else {**entry.value, "id": uuid7()}
                identity = event["id"] if isinstance(event["id"], str) else None
                yield _Item(entry.line, identity, json.dumps(event, separators=(",", ":")).encode())

    def _send_batch(self, batch: list[_Item]) -> None:
        answer = self._post(b"[" + b",".join(item.body for item in batch) + b"]")
        results = answer.body.get("results") if isinstance(answer.body, dict) else None
        if isinstance(results, list) and len(results) == len(batch):
            for item, result in zip(batch, results, strict=True):
                self._count(item, result)
        elif answer.status in (
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNPROCESSABLE_ENTITY,
        ):
            # One event spoils a batch that the server cannot read; halving finds it, and the others get through.
            if len(batch) > 1:
                middle = len(batch) // 2
                self._send_batch(batch[:middle])
                self._send_batch(batch[middle:])
            else:
                self._refuse(batch[0].line, batch[0].id, [answer.explanation])
        else:
            message = f"the server does not take the events: {answer.explanation}"
            raise NotSent(message)

    def _post(self, body: bytes) -> Answer:
        for attempt in range(1, _ATTEMPTS + 1):
            answer = self._client.post("/v1/events", body, _CONTENT_TYPE)
            busy = answer.status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
            if not busy or attempt == _ATTEMPTS:
                break
            time.sleep(min(_PAUSE if answer.retry_after is None else answer.retry_after, _LONGEST_PAUSE))
        return answer

    def _count(self, item: _Item, result: dict[str, Any]) -> None:
        status = result.get("status")
        if status in ("accepted", "duplicate"):
            self.counts[status] += 1
        else:
            self._refuse(item.line, item.id, result.get("issues") or ["refused"])

    def _refuse(self, line: int, identity: str | None, issues: Sequence[dict[str, Any] | str]) -> None:
        self.counts["rejected"] += 1
        self._on_refusal(Refusal(line, identity, issues))


def summary(counts: dict[str, int], refusals: Sequence[Refusal], *, as_json: bool) -> str:
    """What became of all events; as JSON with each problem, else in words without them."""
    if as_json:
        return json.dumps({**counts, "problems": [asdict(refusal) for refusal in refusals]})
    return ", ".join(f"{count} {status}" for status, count in counts.items())


def _batches(items: Iterator[_Item]) -> Iterator[list[_Item]]:
    batch: list[_Item] = []
    size = 0
    for item in items:
        if batch and (len(batch) == _BATCH_EVENTS or size + len(item.body) > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += len(item.body) + 1
    if batch:
        yield batch
