"""Ids for events whose bodies carry none: the same body, sent again, must give the same ids."""

import hashlib
import json
from collections import OrderedDict
from typing import Any, Final

__all__ = ["RecentBodies", "digest"]

#: How many bodies are remembered at most, so that a flood of them costs a bounded amount of memory.
_CAPACITY: Final = 4096


_canonical: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def digest(*parts: Any) -> str:
    """32 hexadecimal digits that stand for ``parts``, which are JSON values."""
    # BLAKE2 is the interpreter's own; what comes from OpenSSL is looked up there each time, for longer than it hashes.
    return hashlib.blake2b(_canonical(parts).encode(), digest_size=16).hexdigest()


class RecentBodies:
    """The bodies of the last seconds, by their digests.

    Most hooks say nothing that tells a hook that fired twice from the same thing happening again: a session may well
    wait for its user twice. Within :attr:`window` equal bodies are taken for one.
    """

    def __init__(self, window: float) -> None:
        """Take equal bodies for one when they are less than ``window`` seconds apart."""
        self.window = window
        self._first_seen: OrderedDict[str, float] = OrderedDict()

    def first_seen(self, body: str, now: float) -> float:
        """When the body with the digest ``body`` was seen first within the window that ends ``now``.

        The window is counted from the first sight, so that a body that is repeated for ever is not silenced for ever.

        Args:
            body: Digest of the body.
            now: The time in seconds, of a clock that never goes back.
        """
        while self._first_seen:
            oldest = next(iter(self._first_seen))
            if len(self._first_seen) < _CAPACITY and now - self._first_seen[oldest] < self.window:
                break
            del self._first_seen[oldest]
        return self._first_seen.setdefault(body, now)
