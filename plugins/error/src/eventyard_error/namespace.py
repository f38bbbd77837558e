"""The namespace ``/errors``: the unresolved errors, and how a client acknowledges one."""

from collections.abc import Mapping
from typing import Any

from eventyard import Event, EventyardError, Namespace, Status

from eventyard_error.acknowledgement import Acknowledgement
from eventyard_error.settings import DEFAULTS
from eventyard_error.unresolved_error import Key, UnresolvedError

__all__ = ["ErrorNamespace"]


class ErrorNamespace(Namespace):
    """The unresolved errors; equal ones count as one, and the one that came last stands last.

    Acknowledging any event of equal errors resolves all of them so far. One that comes later is unresolved again.
    """

    name = "/errors"

    def __init__(self) -> None:
        super().__init__()
        self._errors: dict[Key, UnresolvedError] = {}
        self._forgotten = 0
        self.configure(DEFAULTS)

    def configure(self, table: Mapping[str, Any]) -> None:
        """Take the limits of the state."""
        self._error_limit: int = table["error_limit"]
        self._text_length: int = table["text_length"]

    def apply(self, event: Event) -> None:
        """Add an error, or resolve the one that was acknowledged."""
        match event.type:
            case "error":
                self._add(event)
            case "error_acknowledged":
                self._resolve(event.data["error_source"], event.data["error_id"])

    def snapshot(self) -> dict[str, Any]:
        """``errors``: the unresolved ones, newest last; ``forgotten``: how many were pushed out by newer ones."""
        return {"errors": [error.to_json() for error in self._errors.values()], "forgotten": self._forgotten}

    async def on_acknowledge(self, sid: str, data: Any = None) -> dict[str, Any]:
        """A client acknowledges the error ``data["source"]``, ``data["id"]``; ``by`` and ``note`` may say more.

        Nothing changes here: the state follows when the ``error_acknowledged`` that is published comes to ``apply``.

        Gives: ``{"ok": true}``, or ``{"ok": false, "error": "..."}`` with a sentence that says why not.
        """
        try:
            acknowledgement = Acknowledgement.parse(data)
        except ValueError as error:
            return {"ok": False, "error": str(error)}
        unresolved = self._find(acknowledgement.source, acknowledgement.id)
        if unresolved is None:
            return {"ok": False, "error": "there is no unresolved error with this source and id"}
        event = acknowledgement.to_event(session=unresolved.session)
        try:
            outcome = await self.publish(event)
        except EventyardError as error:
            return {"ok": False, "error": str(error)}
        if outcome.status is Status.REJECTED:
            return {"ok": False, "error": "; ".join(issue.message for issue in outcome.issues)}
        return {"ok": True}

    def _add(self, event: Event) -> None:
        message = _shorten(event.data["message"], self._text_length)
        key = (event.source, event.data["kind"], message, event.session)
        # Taken out and put back, so that the dictionary's order is that of the latest event of each.
        error = self._errors.pop(key, None) or UnresolvedError(*key, first=event.time)
        error.add(event)
        self._errors[key] = error
        if len(self._errors) > self._error_limit:
            del self._errors[next(iter(self._errors))]
            self._forgotten += 1

    def _find(self, source: str, error_id: str) -> UnresolvedError | None:
        errors = self._errors.values()
        return next((error for error in errors if error.source == source and error_id in error.ids), None)

    def _resolve(self, source: str, error_id: str) -> None:
        error = self._find(source, error_id)
        if error is not None:
            del self._errors[error.key]


def _shorten(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
