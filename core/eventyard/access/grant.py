"""What whoever has a token may do."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

__all__ = ["EVERYTHING", "Grant", "Scope"]


class Scope(StrEnum):
    """What a token is for."""

    #: Send events, by HTTP and on ``/ingest``.
    PUBLISH = "publish"
    #: Join namespaces, read what is kept, and the metrics.
    READ = "read"
    #: All of that, and what is about the senders and clients of everybody: dead letters, connections.
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Grant:
    """What whoever has a token may do.

    Attributes:
        name: What the token is called.
        scopes: What it is for; ``admin`` has the others in it.
        namespaces: The only namespaces that may be read; ``None`` for all.
        key: What tells the token from others that are kept in the file; ``None`` for the one of the settings.
        expires: When it ends, in seconds since the epoch; ``None`` for never.
    """

    name: str
    scopes: frozenset[Scope]
    namespaces: frozenset[str] | None = None
    key: str | None = None
    expires: float | None = None

    def may(self, scope: Scope) -> bool:
        """Whether it is for ``scope``."""
        return scope in self.scopes or Scope.ADMIN in self.scopes

    def may_read(self, namespace: str) -> bool:
        """Whether the events of ``namespace`` may be read."""
        return self.may(Scope.READ) and (self.namespaces is None or namespace in self.namespaces)

    def has_expired(self, now: float) -> bool:
        """Whether it has ended at ``now``, seconds since the epoch."""
        return self.expires is not None and now >= self.expires

    def described(self) -> str:
        """Its scopes and namespaces, in words."""
        scopes = ", ".join(sorted(self.scopes))
        return scopes if self.namespaces is None else f"{scopes} of {', '.join(sorted(self.namespaces))}"


#: What the token of the settings grants, and a server that asks for none.
EVERYTHING: Final = Grant("token", frozenset(Scope))
