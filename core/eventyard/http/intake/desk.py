"""Who may post here, and who takes what is posted."""

import re
from collections.abc import Callable
from typing import Final

from eventyard.access import Credentials, HostAllowList, Scope
from eventyard.http.answer import Answer
from eventyard.http.bodies import MEDIA_TYPES
from eventyard.http.events import EventRoutes
from eventyard.http.failures import answer_to
from eventyard.http.hooks import HookRoutes
from eventyard.http.intake.head import Head, read_head

__all__ = ["Desk"]

_EVENTS: Final = "/v1/events"

#: So many different heads are known at a time.
_KNOWN_HEADS: Final = 1000

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
        is_limited: bool,
        debug: bool,
    ) -> None:
        """Hand bodies to ``events`` and ``hooks``.

        Args:
            events: Takes bodies with events.
            hooks: Takes hook calls.
            hosts: The ``Host`` headers that are answered.
            credentials: What a sender must show, if anything.
            max_body_size: Bytes of a body.
            is_limited: Whether senders are bounded in what they send, which is not looked at here.
            debug: Whether the answer to a request at which the server failed has the traceback.
        """
        self._events = events
        self._hooks = hooks
        self._hosts = hosts
        self._credentials = credentials
        self._max_body_size = max_body_size
        self._is_limited = is_limited
        self._debug = debug
        self._admitted: dict[bytes, Head] = {}
        credentials.on_change(self._admitted.clear)

    def admit(self, head: bytes) -> Head | None:
        """What ``head`` says, if a request with it may be answered here; it is refused elsewhere.

        A sender repeats its heads but for the length, so that most are known already.
        """
        known = self._admitted.get(head)
        if known is not None:
            return known
        found = read_head(head)
        if found is None or not self._takes(found):
            return None
        if len(self._admitted) >= _KNOWN_HEADS:
            self._admitted.clear()
        self._admitted[head] = found
        return found

    def _takes(self, head: Head) -> bool:
        if self._is_limited or head.length > self._max_body_size or not self._hosts.allows(head.headers.get("host")):
            return False
        if self._credentials.required:
            grant = self._credentials.grant_of(head.headers.get("authorization", ""))
            if grant is None or not grant.may(Scope.PUBLISH):
                return False
        if head.path == _EVENTS:
            return head.headers.get("content-type") in MEDIA_TYPES
        return _HOOK.fullmatch(head.path) is not None

    def answer(self, head: Head, body: bytes, reply: Callable[[Answer], None]) -> None:
        """Call ``reply`` with the answer to a request that :meth:`admit` has let through, now or later."""

        def finish(answer: Answer | BaseException) -> None:
            # The server has failed, or the sender asked for what cannot be: it gets an answer all the same.
            if isinstance(answer, BaseException):
                answer = answer_to(answer, "POST", head.path, debug=self._debug)
            reply(answer)

        try:
            if head.path == _EVENTS:
                self._events.take(body, head.headers, finish)
            else:
                self._hooks.take(head.path.rpartition("/")[2], body, head.headers, finish)
        except Exception as error:  # noqa: BLE001 - whatever it is, the sender gets an answer
            finish(error)
