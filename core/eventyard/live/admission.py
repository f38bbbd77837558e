"""Who may join a namespace."""

from collections.abc import Mapping
from typing import Any

from socketio.exceptions import ConnectionRefusedError as Refused

from eventyard.access import EVERYTHING, Credentials, Grant, Origin, Origins, Scope
from eventyard.live.join_request import InvalidRequest, JoinRequest
from eventyard.metrics import Metrics

__all__ = ["Admission"]


class Admission:
    """Looks at what clients show when they join."""

    def __init__(self, credentials: Credentials, origins: Origins, metrics: Metrics) -> None:
        """Let in who shows one of ``credentials``, if that is asked for, and comes from one of ``origins``."""
        self._credentials = credentials
        self._origins = origins
        self._metrics = metrics

    def read(self, namespace: str, environ: Mapping[str, Any], auth: Any) -> tuple[JoinRequest, Grant]:
        """What a client that wants to read ``namespace`` says in ``auth``, and what it may.

        Raises:
            Refused: It may not; the client is told why.
        """
        request, grant = self._admit(environ, auth)
        if not grant.may_read(namespace):
            raise self._forbidden(grant, namespace)
        return request, grant

    def publish(self, namespace: str, environ: Mapping[str, Any], auth: Any) -> Grant:
        """What a client may that wants to send events to ``namespace``.

        Raises:
            Refused: It may not; the client is told why.
        """
        _, grant = self._admit(environ, auth)
        if not grant.may(Scope.PUBLISH):
            raise self._forbidden(grant, namespace)
        return grant

    def holds(self, grant: Grant) -> bool:
        """Whether what was granted is granted still."""
        return self._credentials.holds(grant)

    def _admit(self, environ: Mapping[str, Any], auth: Any) -> tuple[JoinRequest, Grant]:
        try:
            request = JoinRequest.read(auth)
        except InvalidRequest as error:
            raise self._refusal("invalid_auth", str(error)) from error
        headers = environ["aiohttp.request"].headers
        if not self._credentials.required and self._origins.of(headers) is Origin.OWN:
            return request, EVERYTHING
        grant = self._credentials.grant(request.token) or self._credentials.grant_of(headers.get("Authorization", ""))
        if grant is None:
            raise self._refusal("unauthorized", "auth.token is missing or wrong")
        return request, grant

    def _forbidden(self, grant: Grant, namespace: str) -> Refused:
        text = f"the token {grant.name!r} is for {grant.described()}, not for {namespace}"
        return self._refusal("forbidden", text)

    def _refusal(self, code: str, message: str) -> Refused:
        self._metrics.refused.labels(code).inc()
        return Refused(message, {"code": code})
