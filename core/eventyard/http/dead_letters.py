"""``/v1/dead-letters``: what was refused; shown, tried again, discarded."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from aiohttp import web

from eventyard.dead_letters import DeadLetters
from eventyard.errors import BodyTooLarge, MalformedBody
from eventyard.http.parameters import check_names, page_limit, whole_number
from eventyard.http.problems import json_response, problem
from eventyard.pipeline import Limits, Retrying, RetryStatus, parse

__all__ = ["DeadLetterRoutes"]

#: How many letters one request may try again.
_MOST_RETRIES: Final = 1000

# What the store can hold; a letter of a larger number is as missing as any other.
_LARGEST: Final = 2**63 - 1

_WAYS: Final = frozenset({"numbers", "type", "all"})


class DeadLetterRoutes:
    """Shows dead letters, tries them again and discards them."""

    def __init__(self, dead_letters: DeadLetters, retrying: Retrying, limits: Limits) -> None:
        """Show ``dead_letters``; ``limits`` bound what a request says."""
        self._dead_letters = dead_letters
        self._retrying = retrying
        self._limits = limits

    def routes(self) -> list[web.RouteDef]:
        """The routes."""
        return [
            web.get("/v1/dead-letters", self.list),
            web.post("/v1/dead-letters/retry", self.retry_many),
            web.get("/v1/dead-letters/{number}", self.show),
            web.delete("/v1/dead-letters/{number}", self.discard),
            web.post("/v1/dead-letters/{number}/retry", self.retry),
        ]

    async def list(self, request: web.Request) -> web.Response:
        """A page of letters behind the number ``after``, oldest first, filtered by ``type``, which may be repeated."""
        check_names(request, "after", "limit", "type")
        after = whole_number(request, "after", 0)
        listing = await self._dead_letters.page(after, page_limit(request), request.query.getall("type", []))
        return json_response(
            {
                "total": listing.total,
                "kept": listing.kept,
                "matching": listing.matching,
                "dead_letters": [letter.to_json() for letter in listing.letters],
                "next": listing.next,
            }
        )

    async def show(self, request: web.Request) -> web.Response:
        """One letter."""
        letters = await self._dead_letters.get(_named(request))
        return json_response(letters[0].to_json()) if letters else _unknown(request)

    async def discard(self, request: web.Request) -> web.Response:
        """Remove a letter for good: 204."""
        for number in _named(request):
            if await self._retrying.discard(number):
                return web.Response(status=204)
        return _unknown(request)

    async def retry(self, request: web.Request) -> web.Response:
        """Try one letter again; 422 when it is refused again."""
        for retried in await self._retrying.retry(_named(request)):
            if retried.status is RetryStatus.REJECTED:
                first = retried.issues[0]
                where = first.pointer or "the letter"
                issues = [issue.to_json() for issue in retried.issues]
                detail = f"{where}: {first.message}"
                return problem(422, "invalid_event", detail, number=retried.number, issues=issues)
            if retried.status is not RetryStatus.GONE:
                return json_response(retried.to_json())
        return _unknown(request)

    async def retry_many(self, request: web.Request) -> web.Response:
        """Try letters again, by ``numbers``, by ``type`` or ``all``; a result for each, whatever became of it."""
        body = parse(await request.read(), self._limits)
        numbers, following = await self._chosen(body)
        results = await self._retrying.retry(numbers)
        counts = {status.value: 0 for status in RetryStatus}
        for retried in results:
            counts[retried.status] += 1
        return json_response({**counts, "results": [each.to_json() for each in results], "next": following})

    async def _chosen(self, body: Any) -> tuple[Collection[int], int | None]:
        """The letters that a request chooses, and where the next request goes on, if they are not all.

        Raises:
            BodyTooLarge: It names too many letters.
            MalformedBody: It says something else than it may.
        """
        ways = body.keys() & _WAYS if isinstance(body, dict) else ()
        if len(ways) != 1:
            message = 'expected an object with one of "numbers", "type" and "all"'
            raise MalformedBody(message)
        allowed = {"numbers"} if "numbers" in ways else {*ways, "after", "limit"}
        for name in sorted(body.keys() - allowed):
            message = f"there is no member {name!r} here; expected {', '.join(sorted(allowed))}"
            raise MalformedBody(message)
        if "numbers" in body:
            return _numbers(body["numbers"]), None
        limit = _whole(body, "limit", _MOST_RETRIES, least=1)
        limit = min(limit, _MOST_RETRIES)
        after = _whole(body, "after", 0, least=0)
        numbers = await self._dead_letters.numbers(after, limit, _types(body))
        return numbers, numbers[-1] if len(numbers) == limit else None


def _numbers(value: Any) -> Collection[int]:
    if not isinstance(value, list) or not all(type(each) is int and each >= 0 for each in value):
        message = "numbers must be an array of whole numbers"
        raise MalformedBody(message)
    if len(value) > _MOST_RETRIES:
        message = f"a request retries at most {_MOST_RETRIES} dead letters, this one names {len(value)}"
        raise BodyTooLarge(message)
    return value


def _types(body: dict[str, Any]) -> Collection[str]:
    if "all" in body:
        if body["all"] is not True:
            message = "all must be true"
            raise MalformedBody(message)
        return ()
    types = [body["type"]] if isinstance(body["type"], str) else body["type"]
    if not isinstance(types, list) or not types or not all(isinstance(each, str) for each in types):
        message = "type must be the name of an event type, or an array of names"
        raise MalformedBody(message)
    return types


def _whole(body: dict[str, Any], name: str, default: int, *, least: int) -> int:
    value = body.get(name, default)
    if type(value) is not int or value < least:
        message = f"{name} must be a whole number from {least}"
        raise MalformedBody(message)
    return value


def _named(request: web.Request) -> Sequence[int]:
    """The number in the path, if it can be one of a letter."""
    text = request.match_info["number"]
    return [int(text)] if text.isdecimal() and len(text) < 20 and int(text) <= _LARGEST else []


def _unknown(request: web.Request) -> web.Response:
    return problem(404, "unknown_letter", f"there is no dead letter {request.match_info['number']!r}")
