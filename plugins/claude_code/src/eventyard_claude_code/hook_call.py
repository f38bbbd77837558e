"""One hook call: its body, what its request says, and the envelope that all its events share."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

from eventyard import Event, MalformedBody, moment, timestamp

from eventyard_claude_code.agent_calls import AgentCalls
from eventyard_claude_code.fields import NAME_LIMIT, TEXT_LIMIT, Fields, json_type, usable_name
from eventyard_claude_code.identity import RecentBodies, digest
from eventyard_claude_code.paths import project_of

__all__ = ["AGENT_KIND", "HookCall"]

#: The name of the source, and of the kind of agent that its events come from.
AGENT_KIND: Final = "claude-code"

# The envelope takes the years from 1000 to 9999. A clock that shows another one is not set.
_FIRST_DAY: Final = datetime(1000, 1, 1, tzinfo=UTC).timestamp()
_LAST_DAY: Final = datetime(9999, 12, 31, tzinfo=UTC).timestamp()

_EVENT_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")


class HookCall:
    """One hook call of Claude Code.

    Attributes:
        name: Name of the hook, for example ``PreToolUse``.
        session: Id of the session.
        in_subagent: Whether the hook fired in a subagent.
        agent: The subagent's id; ``None`` in the session's main agent, and when the id is unusable.
        cwd: The working directory.
        body: The body as it came.
        fields: The members of the body.
        agent_calls: What earlier hook calls told about the starting of subagents.
    """

    def __init__(
        self,
        body: object,
        headers: Mapping[str, str],
        *,
        agent_calls: AgentCalls,
        recent: RecentBodies,
        now: float,
        text_limit: int = TEXT_LIMIT,
    ) -> None:
        """Read a body.

        Args:
            body: The JSON value that was sent.
            headers: The request's headers, names in lower case. A relay may say ``eventyard-event-id``,
                ``eventyard-event-time`` and ``eventyard-host``; what is unusable in them counts as absent.
            agent_calls: Remembers the calls that start subagents.
            recent: Remembers the bodies of the last seconds.
            now: The time in seconds for ``recent``.
            text_limit: How many characters of a text are kept.

        Raises:
            MalformedBody: The body is no object, or it does not say which hook of which session it comes from.
        """
        if not isinstance(body, dict):
            message = f"expected the body of a Claude Code hook, a JSON object; got {json_type(body)}"
            raise MalformedBody(message)
        self.body: dict[str, Any] = body
        self.fields = Fields(body, text_limit)
        self.name = self._identifier("hook_event_name")
        self.session = self._identifier("session_id")
        self.agent = self.fields.name("agent_id")
        self.in_subagent = self.fields.value("agent_id") is not None
        self.cwd = self.fields.path("cwd")
        self.agent_calls = agent_calls
        self._recent = recent
        self._now = now
        self._relay_id = headers.get("eventyard-event-id")
        host = usable_name(headers.get("eventyard-host"))
        self._shared = {
            "time": _relayed_time(headers.get("eventyard-event-time")),
            "session": self.session,
            "agent": self.agent,
            "project": project_of(self.cwd),
            "host": host,
        }
        self._source = _source_of(host, self.session)

    def _identifier(self, name: str) -> str:
        value = self.body.get(name)
        usable = usable_name(value)
        if usable is None:
            came = json_type(value) if name in self.body else "nothing"
            if isinstance(value, str):
                came = f"{len(value)} characters" if len(value) > NAME_LIMIT else "an empty or unprintable one"
            message = f"expected {name} to be a string of 1 to {NAME_LIMIT} printable characters; got {came}"
            raise MalformedBody(message)
        return usable

    def event(
        self,
        type: str,  # noqa: A002 - the name of the CloudEvents attribute
        data: Mapping[str, Any],
        *,
        tool_use_id: str | None = None,
        key: tuple[Any, ...] | None = None,
        **attributes: str | None,
    ) -> Event:
        """Make an event in the envelope of this call.

        Args:
            type: Name of the event type.
            data: The payload; members that are ``None`` are left out.
            tool_use_id: Id of the tool call that the event belongs to: its ``correlationid``, and what its id is
                made of, so that every hook that tells of the same fact gives the same id.
            key: What tells the event from all others of its type in the session. Without it, and without
                ``tool_use_id``, events are the same when their whole bodies are, within the repeat window.
            attributes: Further envelope attributes; they win over those that the events of the call share.
        """
        return Event.create(
            type,
            source=self._source,
            data={name: value for name, value in data.items() if value is not None},
            **{
                **self._shared,
                "id": self._event_id(type, tool_use_id, key),
                "correlationid": tool_use_id,
                **attributes,
            },
        )

    def _event_id(self, type_name: str, tool_use_id: str | None, key: tuple[Any, ...] | None) -> str:
        if tool_use_id is not None:
            # Not even a relay knows better: PostToolUse and PostToolBatch are two bodies that tell of one end.
            return digest(self.session, type_name, tool_use_id)
        if self._relay_id:
            readable = f"{self._relay_id}:{type_name}"
            return readable if _EVENT_ID.fullmatch(readable) else digest(self._relay_id, type_name)
        if key is not None:
            return digest(self.session, type_name, *key)
        body = digest(self.body)
        # The moment is part of the id, so that the same body after a restart is not taken for a repeat either.
        return digest(body, type_name, self._recent.first_seen(body, self._now))


@lru_cache(maxsize=256)
def _source_of(host: str | None, session: str) -> str:
    return "/".join(["", AGENT_KIND, *(_segment(part) for part in (host, session) if part)])


def _segment(text: str) -> str:
    """``text`` as one segment of a URI path, short enough for the envelope."""
    segment = quote(text, safe="")
    return segment if len(segment) <= 200 else digest(text)


def _relayed_time(text: str | None) -> str | None:
    seconds = None if text is None else moment(text)
    return timestamp(seconds) if seconds is not None and _FIRST_DAY <= seconds < _LAST_DAY else None
