"""One hook call: its body, and the envelope that all its events share."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, Final, TypeGuard
from urllib.parse import quote

from eventyard import Event, MalformedBody

__all__ = ["AGENT_KIND", "HookCall", "UnfitBody"]

#: The name of the source, and of the kind of agent that its events come from.
AGENT_KIND: Final = "codex"

_NAME_LIMIT: Final = 256


class UnfitBody(Exception):
    """A member that an event needs is missing, or is something else than Codex says it is."""


class HookCall:
    """One hook call of Codex.

    Attributes:
        name: Name of the hook, for example ``PreToolUse``.
        session: Id of the session: that of the main agent's thread.
        in_subagent: Whether the hook was called in a subagent.
        agent: Id of the subagent's thread; ``None`` in the main agent, and when it is unusable.
        body: The body as it came.
    """

    def __init__(self, body: object) -> None:
        """Read a body.

        Raises:
            MalformedBody: It is no object, or does not say which hook of which session it comes from.
        """
        if not isinstance(body, dict):
            message = f"expected the body of a Codex hook, a JSON object; got {type(body).__name__}"
            raise MalformedBody(message)
        self.body: dict[str, Any] = body
        try:
            self.name, self.session = self.name_at("hook_event_name"), self.name_at("session_id")
        except UnfitBody as error:
            message = f"expected {error} to be a string of 1 to {_NAME_LIMIT} printable characters"
            raise MalformedBody(message) from None
        self.in_subagent = body.get("agent_id") is not None
        self.agent = body["agent_id"] if self.in_subagent and _is_name(body["agent_id"]) else None

    def text(self, name: str) -> str | None:
        """A member that is a text; ``None`` when it is null or absent.

        Raises:
            UnfitBody: It is something else.
        """
        value = self.body.get(name)
        if value is not None and not isinstance(value, str):
            raise UnfitBody(name)
        return value

    def name_at(self, name: str) -> str:
        """A member that names something.

        Raises:
            UnfitBody: It is no printable text, or too long, or not there.
        """
        value = self.body.get(name)
        if not _is_name(value):
            raise UnfitBody(name)
        return value

    def event(
        self,
        type: str,  # noqa: A002 - the name of the CloudEvents attribute
        data: Mapping[str, Any],
        *,
        key: tuple[Any, ...] | None = None,
        **attributes: str | None,
    ) -> Event:
        """Make an event in the envelope of this call.

        Args:
            type: Name of the event type.
            data: The payload; members that are ``None`` are left out.
            key: What tells the event from all others of its type in the session, so that a hook that is set up twice
                counts once; without it, the server gives the event an id of its own.
            attributes: Further envelope attributes; they win over those that the events of the call share.
        """
        shared = {"session": self.session, "agent": self.agent, "project": _project(self.body.get("cwd"))}
        return Event.create(
            type,
            source=f"/{AGENT_KIND}/{quote(self.session, safe='')}",
            data={name: value for name, value in data.items() if value is not None},
            **(shared | {"id": None if key is None else digest(self.session, type, *key)} | attributes),
        )


def _is_name(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= _NAME_LIMIT and value.isprintable()


def digest(*parts: Any) -> str:
    """32 hexadecimal digits that stand for ``parts``, which are JSON values."""
    canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _project(cwd: object) -> str | None:
    """What a session works on: the folder's name."""
    name = PurePath(cwd).name if isinstance(cwd, str) else ""
    return name if _is_name(name) else None
