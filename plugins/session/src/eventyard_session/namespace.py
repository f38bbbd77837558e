"""The namespace ``/sessions``: which agent sessions there are, and what each of them does."""

from collections.abc import Mapping
from typing import Any

from eventyard import Event, Namespace

from eventyard_session.session import Session
from eventyard_session.settings import DEFAULTS

__all__ = ["SessionNamespace"]


class SessionNamespace(Namespace):
    """The agent sessions.

    A session is known from its first event on, whatever that is: agents do not always tell that one has started.
    """

    name = "/sessions"
    observes = ("error", "subagent_start", "tool_start", "tool_stop")

    def __init__(self) -> None:
        super().__init__()
        # Two dictionaries, so that ended sessions never push out one that goes on. The order of each is that of the
        # sessions' latest events.
        self._current: dict[str, Session] = {}
        self._ended: dict[str, Session] = {}
        self._forgotten = 0
        self.configure(DEFAULTS)

    def configure(self, table: Mapping[str, Any]) -> None:
        """Take the limits of the state, and the names of the tools that ask questions."""
        self._session_limit: int = table["session_limit"]
        self._ended_limit: int = table["ended_limit"]
        self._text_length: int = table["text_length"]
        self._question_tools = frozenset(table["question_tools"])

    def apply(self, event: Event) -> None:
        """Follow the session of the event, where it has one."""
        session_id = event.session
        if session_id is None:
            return
        if event.type == "error":
            self._count_error(session_id)
            return
        session = self._current.pop(session_id, None) or self._ended.pop(session_id, None)
        if session is None:
            session = Session(session_id, event.time, self._text_length, self._question_tools)
        session.apply(event)
        if session.status == "ended":
            self._ended[session_id] = session
            if len(self._ended) > self._ended_limit:
                del self._ended[next(iter(self._ended))]
        else:
            self._current[session_id] = session
            if len(self._current) > self._session_limit:
                del self._current[next(iter(self._current))]
                self._forgotten += 1

    def snapshot(self) -> dict[str, Any]:
        """The state as a JSON object.

        Gives: ``sessions``, those that have ended and then the others, each the latest active last; ``forgotten``, how
        many that had not ended were pushed out by newer ones.
        """
        sessions = [*self._ended.values(), *self._current.values()]
        return {"sessions": [session.to_json() for session in sessions], "forgotten": self._forgotten}

    def _count_error(self, session_id: str) -> None:
        # An error may tell of an event that was refused, so it neither makes a session known nor is a sign of life.
        session = self._current.get(session_id) or self._ended.get(session_id)
        if session is not None:
            session.errors += 1
