"""One request with events."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from eventyard.client.errors import Refused, Unreachable
from eventyard.client.http_client import Answer, HttpClient
from eventyard.events import Outcome

__all__ = ["ServerBusy", "Unreadable", "post_events"]

_CONTENT_TYPE: Final = "application/cloudevents-batch+json"

# The server takes no part of such a body; a smaller one may do.
_UNREADABLE: Final = frozenset({400, 413, 422})

_TRANSIENT: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


class ServerBusy(Unreachable):
    """The server takes no events at the moment.

    Attributes:
        retry_after: Seconds that it wants to be left alone for; ``None`` when it says nothing.
    """

    def __init__(self, message: str, retry_after: float | None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unreadable(Exception):
    """The server cannot read the body, because of one event in it or of its size; nothing of it was taken.

    Attributes:
        status: The HTTP status.
    """

    def __init__(self, explanation: str, status: int) -> None:
        super().__init__(explanation)
        self.status = status


def post_events(client: HttpClient, bodies: Sequence[bytes]) -> list[Outcome]:
    """Send events, each as JSON; gives what became of each.

    Raises:
        Refused: The server does not let us in, or is none of ours.
        ServerBusy: It takes no events at the moment.
        Unreachable: There is no answer.
        Unreadable: It cannot read the whole of it.
    """
    answer = client.post("/v1/events", b"[" + b",".join(bodies) + b"]", _CONTENT_TYPE)
    if answer.status == HTTPStatus.ACCEPTED:
        return _outcomes(answer, len(bodies))
    if answer.status in _UNREADABLE:
        raise Unreadable(answer.explanation, answer.status)
    if answer.status in _TRANSIENT:
        message = f"the server does not take the events now: {answer.explanation}"
        raise ServerBusy(message, answer.retry_after)
    message = f"the server does not take the events: {answer.explanation}"
    raise Refused(message)


def _outcomes(answer: Answer, count: int) -> list[Outcome]:
    try:
        outcomes = [Outcome.from_json(result) for result in answer.body["results"]]
    except (KeyError, TypeError, ValueError) as error:
        message = f"the server does not answer as Eventyard does: {error!r}"
        raise Refused(message) from error
    if len(outcomes) != count:
        message = f"the server does not answer as Eventyard does: {len(outcomes)} results for {count} events"
        raise Refused(message)
    return outcomes
