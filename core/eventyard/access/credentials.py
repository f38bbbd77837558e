"""Who may publish and read."""

import hmac
import logging
import math
import re
from collections.abc import Callable, Mapping
from typing import Final

from eventyard.access.grant import EVERYTHING, Grant
from eventyard.access.json_web_tokens import JsonWebTokens
from eventyard.access.token_file import StoredToken, TokenFile
from eventyard.errors import TokenFileError
from eventyard.events import now

__all__ = ["Credentials"]

log = logging.getLogger(__name__)

_WEB_TOKEN: Final = re.compile(r"eyJ[A-Za-z0-9_-]+\.eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")


class Credentials:
    """The tokens of the server: that of the settings, which grants everything, those of the file, JSON Web Tokens.

    Without any, everybody who can reach the server may use it, which is why it then listens on loopback only and
    answers no page of another origin. Once there was a file with tokens, the server asks for one, also when the last
    is revoked: to take a token away must not let everybody in.
    """

    def __init__(
        self,
        token: str,
        file: TokenFile | None = None,
        web_tokens: JsonWebTokens | None = None,
        *,
        clock: Callable[[], float] = now,
    ) -> None:
        """Ask for ``token``, one of ``file``, or one of ``web_tokens``; the empty string and ``None`` ask for none.

        Raises:
            TokenFileError: The file cannot be used.
        """
        # Programs find their own in the same variable of the environment as the server does: it must not open
        # everything for them when a server is started where it is set.
        if _is_of_a_program(token):
            log.warning("the setting token is that of a program, and is not taken for the server's own")
            token = ""
        self._token = _bytes(token)
        self._file = file
        self._web_tokens = web_tokens
        # When the first of the tokens expires that were shown since others did.
        self._next_end = math.inf
        self._clock = clock
        self._signature = None if file is None else file.signature()
        self._stored: Mapping[str, StoredToken] = {} if file is None else _by_key(file)
        self._listeners: list[Callable[[], None]] = []
        #: Whether a token is asked for.
        self.required = bool(self._token) or self._signature is not None or web_tokens is not None

    @property
    def can_be_met(self) -> bool:
        """Whether there is a token that lets somebody in."""
        stored = any(self.holds(each.grant) for each in self._stored.values())
        return bool(self._token) or self._web_tokens is not None or stored

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` when a token may be valid that was not, or the other way round."""
        self._listeners.append(listener)

    def grant(self, token: object) -> Grant | None:
        """What ``token``, as a client sent it, grants; ``None`` when it is not valid."""
        if not isinstance(token, str):
            return None
        if self._token and hmac.compare_digest(_bytes(token), self._token):
            return EVERYTHING
        parts = TokenFile.parts(token)
        grant = self._granted_elsewhere(token) if parts is None else self._granted_here(*parts)
        if grant is None or not self.holds(grant):
            return None
        if grant.expires is not None:
            self._next_end = min(self._next_end, grant.expires)
        return grant

    def grant_of(self, authorization: str) -> Grant | None:
        """What a request's ``Authorization`` header grants (RFC 6750 §2.1)."""
        scheme, _, token = authorization.partition(" ")
        return self.grant(token.strip()) if scheme.lower() == "bearer" else None

    def holds(self, grant: Grant) -> bool:
        """Whether what was granted is granted still."""
        if grant.has_expired(self._clock()):
            return False
        if grant.key is None:
            return True
        stored = self._stored.get(grant.key)
        return stored is not None and stored.grant == grant

    def refresh(self) -> None:
        """Take note of tokens that were made, revoked, or have expired; a file that cannot be read changes nothing."""
        is_changed = self._file is not None and self._read_again(self._file)
        if self._clock() >= self._next_end:
            self._next_end = math.inf
            is_changed = True
        if is_changed:
            for listener in self._listeners:
                listener()

    def _read_again(self, file: TokenFile) -> bool:
        """Read ``file``, if it is another one; whether it was."""
        signature = file.signature()
        if signature == self._signature:
            return False
        self._signature = signature
        try:
            self._stored = _by_key(file)
        except TokenFileError as error:
            log.error("%s; the tokens stay as they were", error)
            return False
        self.required = True
        return True

    def _granted_here(self, key: str, secret: str) -> Grant | None:
        stored = self._stored.get(key)
        return stored.grant if stored is not None and stored.matches(secret) else None

    def _granted_elsewhere(self, token: str) -> Grant | None:
        return None if self._web_tokens is None else self._web_tokens.grant(token)


def _by_key(file: TokenFile) -> dict[str, StoredToken]:
    return {token.grant.key: token for token in file.read() if token.grant.key}


def _is_of_a_program(token: str) -> bool:
    return TokenFile.parts(token) is not None or _WEB_TOKEN.fullmatch(token) is not None


def _bytes(token: str) -> bytes:
    # Bytes that are not UTF-8 come as lone surrogates, in headers and in the environment.
    return token.encode(errors="surrogatepass")
