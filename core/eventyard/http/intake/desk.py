"""Who may post here, and who takes what is posted."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from eventyard.access import Credentials, HostAllowList
from eventyard.http.answer import Answer
from eventyard.http.bodies import MEDIA_TYPES
from eventyard.http.events import EventRoutes
from eventyard.http.failures import answer_to
from eventyard.http.hooks import HookRoutes
from eventyard.http.intake.head import Head

__all__ = ["Desk"]

_EVENTS: Final = "/v1/events"
_HOOK: Final = re.compile(r"/v1/hooks/([a-z0-9_-]+)")


class Desk:
    """Takes the posts of events and of hook calls whose sender may post."""

    def __init__(
        self,
        events: EventRoutes,
        hooks: HookRoutes,
        *,
        hosts: HostAllowList,
        credentials: Credentials,
        max_body_size: int,
        debug: bool,
    ) -> None:
        """Hand bodies to ``events`` and ``hooks``.

        Args:
            events: Takes bodies with events.
            hooks: Takes hook calls.
            hosts: The ``Host`` headers that are answered.
            credentials: What a sender must show, if anything.
            max_body_size: Bytes of a body.
            debug: Whether the answer to a request at which the server failed has the traceback.
        """
        self._events = events
        self._hooks = hooks
        self._hosts = hosts
        self._credentials = credentials
        self._max_body_size = max_body_size
        self._debug = debug

    def takes(self, head: Head) -> bool:
        """Whether a request with ``head`` may be answered here; it is refused elsewhere."""
        if head.length > self._max_body_size or not self._hosts.allows(head.headers.get("host")):
            return False
        if self._credentials.required and not self._credentials.accepts_header(head.headers.get("authorization", "")):
            return False
        if head.path == _EVENTS:
            return head.headers.get("content-type") in MEDIA_TYPES
        return _HOOK.fullmatch(head.path) is not None

    async def answer(self, head: Head, body: bytes) -> Answer:
        """The answer to a request that :meth:`takes` has let through."""
        try:
            return await self._taker(head.path)(body, head.headers)
        except Exception as error:  # noqa: BLE001 - whatever it is, the sender gets an answer
            return answer_to(error, "POST", head.path, debug=self._debug)

    def _taker(self, path: str) -> Callable[[bytes, Mapping[str, str]], Awaitable[Answer]]:
        if path == _EVENTS:
            return self._events.take
        source = path.rpartition("/")[2]
        return lambda body, headers: self._hooks.take(source, body, headers)
