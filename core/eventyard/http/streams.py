"""``GET /v1/streams``: the kept history, in pages."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson
from aiohttp import web

from eventyard.access import Credentials
from eventyard.delivery import Stream, View
from eventyard.delivery.gap import gap_of
from eventyard.http.parameters import check_names, page_limit, whole_number
from eventyard.http.problems import json_response, problem
from eventyard.http.scopes import granted
from eventyard.journal import Journal

__all__ = ["StreamRoutes"]

_PAGE_BYTES: Final = 4 * 1024 * 1024


class StreamRoutes:
    """Shows the streams and their kept events."""

    def __init__(self, streams: Mapping[str, Stream], journal: Journal, credentials: Credentials) -> None:
        """Show ``streams`` by name, as ``journal`` keeps them, and as far as ``credentials`` grant it."""
        self._credentials = credentials
        self._streams = streams
        self._journal = journal

    def routes(self) -> list[web.RouteDef]:
        """The routes."""
        return [
            web.get("/v1/streams", self.list),
            web.get("/v1/streams/{name}/events", self.events),
        ]

    async def list(self, request: web.Request) -> web.Response:
        """All streams that may be read, with their bounds and the number of their subscribers."""
        may_read = self._reader(request)
        streams = [
            {
                "name": stream.name,
                "namespace": stream.namespace,
                "head": self._journal.head(stream.name),
                "oldest": self._journal.oldest(stream.name),
                "subscribers": len(stream.subscribers),
            }
            for _, stream in sorted(self._streams.items())
            if may_read(stream.namespace)
        ]
        return json_response({"epoch": self._journal.epoch, "streams": streams})

    async def events(self, request: web.Request) -> web.Response:
        """A page of a stream behind ``after``, filtered by ``type`` and ``session``, both of which may be repeated.

        ``next`` is the ``after`` of the next page; ``gap`` counts events of the page's stretch that are not kept.
        """
        name = request.match_info["name"]
        may_read = self._reader(request)
        if name not in self._streams:
            readable = sorted(known for known, stream in self._streams.items() if may_read(stream.namespace))
            return problem(404, "unknown_stream", f"there is no stream {name!r}", streams=readable)
        if not may_read(self._streams[name].namespace):
            return problem(403, "forbidden", f"the token is not for the stream {name!r}")
        check_names(request, "after", "epoch", "limit", "type", "session")
        head, oldest = self._journal.head(name), self._journal.oldest(name)
        epoch = request.query.get("epoch", self._journal.epoch)
        after = whole_number(request, "after", 0)
        gap: dict[str, Any] | None = None
        if epoch != self._journal.epoch or after > head:
            gap = gap_of(self._journal.epoch, after, oldest, "epoch_changed", None)
            after = oldest - 1
        limit = page_limit(request)
        types, sessions = frozenset(request.query.getall("type", [])), frozenset(request.query.getall("session", []))
        page = await self._streams[name].read(
            after, head, events=limit, size=_PAGE_BYTES, types=types or None, sessions=sessions or None
        )
        missing = sum(hole.length for hole in page.holes)
        if missing and gap is None:
            first = page.holes[0]
            gap = gap_of(self._journal.epoch, first.first - 1, first.last + 1, "trimmed", missing)
        view = View()
        shown = [orjson.Fragment(record.body) for record in page.records if view.shows(record)]
        return json_response(
            {
                "epoch": self._journal.epoch,
                "events": shown,
                "next": page.through,
                "head": head,
                "oldest": oldest,
                "gap": gap,
            }
        )

    def _reader(self, request: web.Request) -> Callable[[str], bool]:
        """What tells whether whoever asks may read a namespace."""
        grant = granted(request, self._credentials)
        return lambda namespace: grant is not None and grant.may_read(namespace)
