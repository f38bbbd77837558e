"""The dead letters of a server."""

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from json import dumps
from typing import Any
from urllib.parse import urlencode

from eventyard.client.http_client import Answer, HttpClient
from eventyard.errors import EventyardError

__all__ = ["LetterBox"]

_PAGE = 200

# Few enough that a terminal sees progress, and that the answer comes in time.
_RETRIES = 50

_PATH = "/v1/dead-letters"


class LetterBox:
    """The dead letters of a server.

    All methods raise :class:`Unreachable` when no server answers, and :class:`EventyardError` when it does not do what
    is asked.
    """

    def __init__(self, client: HttpClient) -> None:
        """Ask the server of ``client``."""
        self._client = client

    def count(self, types: Sequence[str]) -> dict[str, int]:
        """How many letters there are: ``matching`` the types, ``kept`` in all, and the ``total`` that ever were."""
        page = self._page(types, 0, 1)
        return {name: page[name] for name in ("matching", "kept", "total")}

    def letters(self, types: Sequence[str], after: int, limit: int | None) -> Iterator[dict[str, Any]]:
        """The letters of these types, or of all, behind the number ``after``; at most ``limit``."""
        left = limit
        while left is None or left > 0:
            page = self._page(types, after, _PAGE if left is None else min(left, _PAGE))
            yield from page["dead_letters"]
            if page["next"] is None:
                return
            after = page["next"]
            left = None if left is None else left - len(page["dead_letters"])

    def letter(self, number: int) -> dict[str, Any]:
        """One letter."""
        letter: dict[str, Any] = _answered(self._client.get(f"{_PATH}/{number}"))
        return letter

    def retry(self, numbers: Sequence[int]) -> Iterator[list[dict[str, Any]]]:
        """Try these letters again; gives what became of some of them at a time."""
        for begin in range(0, len(numbers), _RETRIES):
            yield self._retry({"numbers": numbers[begin : begin + _RETRIES]})["results"]

    def retry_all(self, types: Sequence[str], count: int) -> Iterator[list[dict[str, Any]]]:
        """Try the first ``count`` letters of these types, or of all, again; gives some of them at a time."""
        which = {"type": list(types)} if types else {"all": True}
        after: int | None = 0
        while count > 0 and after is not None:
            answer = self._retry({**which, "after": after, "limit": min(count, _RETRIES)})
            yield answer["results"]
            count -= len(answer["results"])
            after = answer["next"]

    def discard(self, number: int) -> bool:
        """Remove a letter for good; whether it was there."""
        answer = self._client.delete(f"{_PATH}/{number}")
        if answer.status == HTTPStatus.NOT_FOUND:
            return False
        _answered(answer)
        return True

    def _page(self, types: Sequence[str], after: int, limit: int) -> dict[str, Any]:
        query = urlencode([*(("type", name) for name in types), ("after", after), ("limit", limit)])
        page: dict[str, Any] = _answered(self._client.get(f"{_PATH}?{query}"))
        return page

    def _retry(self, which: Mapping[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = _answered(
            self._client.post(f"{_PATH}/retry", dumps(which).encode(), "application/json")
        )
        return answer


def _answered(answer: Answer) -> Any:
    if answer.status not in (HTTPStatus.OK, HTTPStatus.NO_CONTENT):
        message = f"the server refuses: {answer.explanation}"
        raise EventyardError(message)
    return answer.body
