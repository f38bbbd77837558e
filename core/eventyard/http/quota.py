"""What the senders of requests may send."""

from aiohttp import web

from eventyard.access import Credentials, SenderLimits, client_name
from eventyard.errors import RateLimited
from eventyard.http.scopes import granted
from eventyard.metrics import Metrics

__all__ = ["Quota"]


class Quota:
    """Tells senders of requests that have sent too much to wait."""

    def __init__(self, limits: SenderLimits, credentials: Credentials, metrics: Metrics) -> None:
        """Bound what whoever shows one of ``credentials``, or sends from an address, sends by ``limits``."""
        self._metrics = metrics
        self._limits = limits
        self._credentials = credentials
        #: Whether there is any bound.
        self.is_set = limits.are_set

    def admit(self, request: web.Request) -> str:
        """Who sends ``request``.

        Raises:
            RateLimited: The sender has to wait.
        """
        grant = granted(request, self._credentials)
        # Whom the gate has let in has a grant.
        assert grant is not None
        client = client_name(grant, request.remote or "")
        if seconds := self._limits.wait(client):
            self._metrics.refused.labels("rate_limited").inc()
            raise RateLimited(client, seconds)
        return client

    async def charge_body(self, client: str, request: web.Request) -> None:
        """Take note of the body of ``request``, whatever is in it."""
        self._limits.charge(client, 0, len(await request.read()))

    def charge_events(self, client: str, events: int) -> None:
        """Take note of so many events."""
        self._limits.charge(client, events, 0)
