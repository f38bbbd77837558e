"""Takes secrets out of events, and out of what is kept of those that were refused."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import orjson

from eventyard.errors import SettingsError
from eventyard.redaction.known_secrets import KNOWN_SECRETS, SECRET_MEMBERS
from eventyard.redaction.marks import search_for_marks
from eventyard.schemas import Engine
from eventyard.settings import objection_to

__all__ = ["MASK", "Redactor"]

#: What stands in the place of a secret.
MASK: Final = "[redacted]"

#: Attributes that say which event it is and where it belongs: without them, nothing could be found again.
_IDENTIFYING: Final = frozenset(
    {
        "specversion",
        "id",
        "source",
        "type",
        "time",
        "datacontenttype",
        "dataschema",
        "session",
        "agent",
        "parentagent",
        "correlationid",
        "causationid",
        "traceparent",
        "recordedtime",
        "sequence",
    }
)

# A text in JSON, with its quotation marks (RFC 8259 §7).
_TEXT: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"')

_KNOWN: Final = re.compile("|".join(f"(?:{known.pattern})" for known in KNOWN_SECRETS))


class Redactor:
    """Takes secrets out of events.

    Nearly all events have none. So their JSON text is first searched for a mark of any; only what has one is looked at
    text by text.
    """

    def __init__(self, engine: Engine, patterns: Sequence[str] = (), members: Iterable[str] = ()) -> None:
        """Look for the known secrets and for others.

        Args:
            engine: What searches for the marks.
            patterns: Further secrets: regular expressions of Python, matched within each text of an event. With any,
                each event is looked at text by text, since nothing is known of what marks them.
            members: Further names of members whose text is secret; case, ``-`` and ``_`` do not matter.

        Raises:
            SettingsError: A pattern is no regular expression, or it matches where nothing is.
        """
        self._patterns = [_compiled(pattern) for pattern in patterns]
        names = "|".join(sorted(map(_spelt, SECRET_MEMBERS.union(map(_plain, members)) - {""})))
        self._members = re.compile(rf'("(?i:{names})":")[^"\\]*(?:\\.[^"\\]*)*"')
        self._has_mark = search_for_marks(engine, names)

    def suspects(self, body: bytes) -> bool:
        """Whether ``body``, JSON in UTF-8, may have a secret."""
        return bool(self._patterns) or self._has_mark(body.decode())

    def event(self, attributes: dict[str, Any]) -> dict[str, Any]:
        """The envelope without secrets; the same object where there are none.

        What identifies the event stays as it is.
        """
        told = {name: value for name, value in attributes.items() if name not in _IDENTIFYING}
        text = orjson.dumps(told).decode()
        clean = self.json(text)
        return attributes if clean is text else attributes | orjson.loads(clean)

    def json(self, text: str) -> str:
        """The JSON ``text`` without secrets, in compact form as orjson writes it; the same object if it has none."""
        clean = self._members.sub(rf'\1{MASK}"', text)
        clean = _TEXT.sub(self._literal, clean)
        return text if clean == text else clean

    def text(self, text: str) -> str:
        """A plain ``text`` without secrets."""
        clean = _KNOWN.sub(_kept, text)
        for pattern in self._patterns:
            clean = pattern.sub(lambda _: MASK, clean)
        return clean

    def body(self, body: bytes, *, is_json: bool) -> bytes:
        """What was sent, in UTF-8 or not, without secrets.

        Args:
            body: It.
            is_json: Whether it is JSON in compact form.
        """
        if is_json:
            return self.json(body.decode()).encode() if self.suspects(body) else body
        return self.text(body.decode(errors="surrogateescape")).encode(errors="surrogateescape")

    def _literal(self, match: re.Match[str]) -> str:
        literal = match[0]
        text: str = orjson.loads(literal) if "\\" in literal else literal[1:-1]
        clean = self.text(text)
        return literal if clean == text else orjson.dumps(clean).decode()


def _compiled(pattern: str) -> re.Pattern[str]:
    if objection := objection_to(pattern):
        message = f"redaction.patterns: {pattern!r} {objection}"
        raise SettingsError(message)
    return re.compile(pattern)


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")


def _spelt(plain: str) -> str:
    """A pattern for all ways to write the name of a member, as JSON has it."""
    return "[_-]?".join(map(re.escape, orjson.dumps(plain).decode()[1:-1]))


def _kept(match: re.Match[str]) -> str:
    return "".join(filter(None, match.groups())) + MASK
