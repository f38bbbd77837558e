"""One difference between two versions of a schema, and what it means."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from eventyard.schemas.diff.refusal import Certainty, Refusal
from eventyard.schemas.pointer import json_pointer
from eventyard.schemas.wording import issue_text

__all__ = ["Change", "Level", "backward", "forward"]


class Level(IntEnum):
    """How much a change asks of others, and so which part of the version has to grow."""

    #: Nothing has changed.
    NONE = 0
    #: Only what people read has changed, or how the same is said: the patch version.
    COMPATIBLE = 1
    #: Old events are still accepted, and readers that know the old schema still work: the minor version.
    MINOR = 2
    #: Old events may be refused, or old readers may stumble over new events: the major version.
    MAJOR = 3

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two versions of a schema.

    Attributes:
        level: What it asks for.
        keyword: The keyword of the rule that is narrower.
        path: JSON pointer into the data.
        pointer: JSON pointer to the rule, in the old schema where ``breaks_readers`` says so, else in the new one.
        breaks_readers: Whether it is new events that the old schema refuses, rather than old events that the new one
            refuses.
        reason: What has changed and why that matters.
        example: Data that one of them takes and the other refuses, in a tuple; ``None`` where none was found.
    """

    level: Level
    keyword: str
    path: str
    pointer: str
    breaks_readers: bool
    reason: str
    example: tuple[Any] | None = None

    @property
    def is_warning(self) -> bool:
        """Whether it asks for no major version, but a reader that checks what it reads would notice."""
        return self.level is Level.MINOR and self.breaks_readers

    def to_json(self) -> dict[str, Any]:
        """The change as a JSON object."""
        body: dict[str, Any] = {
            "level": str(self.level),
            "keyword": self.keyword,
            "path": self.path,
            "pointer": self.pointer,
            "refused_by": "old" if self.breaks_readers else "new",
            "warning": self.is_warning,
            "reason": self.reason,
        }
        if self.example is not None:
            body["example"] = self.example[0]
        return body


def backward(refusal: Refusal, example: tuple[Any] | None) -> Change:
    """What it means that the new schema may refuse what the old one took."""
    path = json_pointer(refusal.path)
    if refusal.certainty is Certainty.NEW_MEMBER:
        reason = "the optional member is new; an old event that used its name for something else would be refused"
        return Change(Level.MINOR, refusal.keyword, path, refusal.pointer, False, reason, example)
    reason = _not_shown(refusal, example, "every old event satisfies the new schema") or (
        f"old events may be refused: {_demand(refusal)}"
    )
    return Change(Level.MAJOR, refusal.keyword, path, refusal.pointer, False, reason, example)


def forward(refusal: Refusal, example: tuple[Any] | None) -> Change:
    """What it means that the new schema takes what the old one may refuse."""
    path = json_pointer(refusal.path)
    level = Level.MINOR
    if refusal.certainty is Certainty.NEW_MEMBER:
        reason = "the member is not described any more; readers that know it may find something else there"
    elif refusal.keyword in {"required", "dependentRequired"}:
        level = Level.MAJOR
        reason = f"the member {refusal.subject!r} may be missing now, and readers may rely on it"
    elif refusal.subject == "kind":
        level = Level.MAJOR
        kinds = ", ".join(sorted(refusal.taken_by.kinds - refusal.refused_by.kinds))
        reason = f"readers may find values of a type that was not there before ({kinds})"
    elif unclear := _not_shown(refusal, example, "readers that know the old schema can read every new event"):
        level = Level.MAJOR
        reason = unclear
    else:
        reason = f"readers may find what they did not before; until now: {_demand(refusal)}"
    return Change(level, refusal.keyword, path, refusal.pointer, True, reason, example)


def _not_shown(refusal: Refusal, example: tuple[Any] | None, what: str) -> str | None:
    if refusal.certainty is not Certainty.NOT_SHOWN:
        return None
    if example is not None:
        return f"{refusal.keyword} has changed, and the example shows that not {what}"
    return f"it cannot be shown that {what}: {refusal.subject or f'{refusal.keyword} has changed'}"


def _demand(refusal: Refusal) -> str:
    """What the schema that refuses demands."""
    if refusal.subject is not None and refusal.subject != "kind":
        return issue_text(refusal.keyword, refusal.subject)
    if refusal.keyword == "false":
        return "no such member or item is allowed"
    limits = refusal.refused_by.all(refusal.keyword)
    return issue_text(refusal.keyword, limits[0]) if limits else "it has a form that is not allowed here"
