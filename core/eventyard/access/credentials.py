"""Who may publish and read."""

import hmac

__all__ = ["Credentials"]


class Credentials:
    """The access token of the server, if it has one.

    Without a token everybody who can reach the server may use it, which is why it then listens on loopback only and
    answers no page of another origin.
    """

    def __init__(self, token: str) -> None:
        """Ask for ``token``; the empty string asks for none."""
        self._token = _bytes(token)

    @property
    def required(self) -> bool:
        """Whether a token is asked for."""
        return bool(self._token)

    def accepts(self, token: object) -> bool:
        """Whether ``token``, as a client sent it, is the right one."""
        return self.required and isinstance(token, str) and hmac.compare_digest(_bytes(token), self._token)

    def accepts_header(self, authorization: str) -> bool:
        """Whether a request's ``Authorization`` header carries the token (RFC 6750 §2.1)."""
        scheme, _, token = authorization.partition(" ")
        return scheme.lower() == "bearer" and self.accepts(token.strip())


def _bytes(token: str) -> bytes:
    # Bytes that are not UTF-8 come as lone surrogates, in headers and in the environment.
    return token.encode(errors="surrogatepass")
