"""A server with the plugin that is checked, and a client in all its namespaces."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Self

import aiohttp
import socketio

from eventyard.conformance.candidate import Candidate, Unloadable
from eventyard.conformance.difference import told
from eventyard.conformance.objection import Objection
from eventyard.errors import EventyardError
from eventyard.events import Event, Outcome
from eventyard.plugins import HookFault

__all__ = ["PATIENCE", "Trial"]

#: How long an answer may take, in seconds.
PATIENCE: Final = 5.0


class Trial:
    """A running server with the plugin that is checked and its companions, and a stock client in all its namespaces.

    Attributes:
        plugins: The plugins of the server.
        client: The client.
        http: An HTTP client.
    """

    def __init__(self, candidate: Candidate) -> None:
        """Try ``candidate``.

        Raises:
            Unloadable: It cannot be loaded.
        """
        self._candidate = candidate
        self._server = candidate.serve()
        self._faults: list[HookFault] = []
        self.plugins = self._server.plugins
        self.plugins.on_fault(self._note)
        self.client = socketio.AsyncClient(reconnection=False)
        self._received: dict[tuple[str, str], Event] = {}
        for namespace in self._server.namespaces:
            self.client.on("*", self._keep, namespace=namespace)

    async def __aenter__(self) -> Self:
        try:
            await self._server.start()
        except EventyardError as error:
            raise Unloadable(str(error)) from error
        try:
            self.http = aiohttp.ClientSession(self._server.url)
            if namespaces := self._server.namespaces:
                await self.client.connect(self._server.url, namespaces=namespaces, wait_timeout=PATIENCE)
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.close()
        # First: a client that a handler does not answer could not say good-bye.
        await self._server.stop()
        await self.client.disconnect()

    async def publish(self, events: Sequence[Mapping[str, Any]]) -> list[Outcome]:
        """Have the server take ``events`` in; gives what became of each."""
        return await self._server.publish(*events)

    async def take(self, events: Sequence[Mapping[str, Any]]) -> list[Event]:
        """Have the server take ``events`` in; gives those that the client received, as it received them."""
        await self.publish(events)
        for namespace in self._server.namespaces:
            # What was sent before the answer has come before it.
            await self.call(namespace, "get_state")
        identities = dict.fromkeys((event["source"], event["id"]) for event in events)
        return [self._received[identity] for identity in identities if identity in self._received]

    async def call(self, namespace: str, name: str, *arguments: Any) -> Any:
        """Send a client event, and give the acknowledgement.

        Raises:
            TimeoutError: There was none in time.
        """
        try:
            patience = self._candidate.evidence.answer_bound
            return await self.client.call(name, arguments, namespace=namespace, timeout=patience)
        except socketio.exceptions.TimeoutError:
            raise TimeoutError from None

    def objections(self) -> Iterator[Objection]:
        """What failed of the plugin, each failure once; all of it once the server has stopped."""
        seen = set()
        for fault in self._faults:
            what = f"{type(fault.error).__name__}: {fault.error}"
            kind = fault.hook, type(fault.error), None if fault.event is None else fault.event.type
            if kind not in seen:
                seen.add(kind)
                event = "" if fault.event is None else f" for the {fault.event.type} {told(dict(fault.event))}"
                yield Objection(fault.hook, f"it failed with {what}{event}")

    async def _keep(self, _: str, body: Any = None) -> None:
        if isinstance(body, dict) and {"source", "id", "data"} <= body.keys():
            self._received[body["source"], body["id"]] = Event(body)

    def _note(self, fault: HookFault) -> None:
        if fault.plugin.name == self._candidate.name:
            self._faults.append(fault)
