"""The stage *validate*: guards, the envelope's schema, the type's schema, the plugins."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from eventyard.events import Event, Issue, uuid7
from eventyard.pipeline.guards import Limits, check, guard
from eventyard.pipeline.lane import Lane
from eventyard.pipeline.reading import Unreadable
from eventyard.pipeline.steps import Steps, complete
from eventyard.pipeline.upcast import upcast
from eventyard.plugins import HookCall
from eventyard.plugins.calls import contained, is_awaitable, wrong_result
from eventyard.schemas import Validator
from eventyard.spelling import did_you_mean

__all__ = ["Validation"]

# Attributes that only the server may set; a recording that is sent in again carries the old ones.
_SERVER_SET: Final = ("sequence", "recordedtime")

# Members of an issue that are texts.
_TEXTS: Final = ("keyword", "pointer", "message", "owner")


class Validation:
    """Turns a JSON value into the envelope of an event, or into the issues that keep it from being one.

    Attributes:
        lanes: The lanes of the moment; replaced when plugins come or go.
    """

    def __init__(self, envelope: Validator, lanes: Mapping[str, Lane], limits: Limits) -> None:
        """Check with ``envelope`` and, within ``limits``, with the validators of ``lanes``."""
        self.lanes = lanes
        self._envelope = envelope
        self._limits = limits

    async def check(self, value: object, now: str, *, guarded: bool) -> tuple[dict[str, Any], Lane] | list[Issue]:
        """What :meth:`examine` gives, or the issues that the plugins have with it."""
        examined = self.examine(value, now, guarded=guarded)
        if isinstance(examined, tuple):
            attributes, lane = examined
            if issues := await complete(self.ask(lane.chain.validate, Event(attributes))):
                return issues
        return examined

    def examine(self, value: object, now: str, *, guarded: bool) -> tuple[dict[str, Any], Lane] | list[Issue]:
        """The envelope in ``value`` with the lane of its type, or why there is none; plugins are not asked.

        Args:
            value: A JSON value, of which an object is taken over and completed; or what cannot be read as one.
            now: The time to fill in for a missing ``time``.
            guarded: Whether depth, size and numbers were already checked while parsing.
        """
        if not isinstance(value, dict):
            return self._no_object(value, guarded=guarded)
        if not guarded and (issues := guard(value, self._limits)):
            return issues
        type_name = value.get("type")
        lane = self.lanes.get(type_name) if isinstance(type_name, str) else None
        if (
            lane is None
            or value.get("dataschema", lane.schema_id) != lane.schema_id
            or not self._envelope.is_valid(value)
        ):
            return self._completed(value, lane, now)
        # As nearly all senders send it: nothing is to be filled in, and the version is the current one.
        for name in _SERVER_SET:
            if name in value:
                del value[name]
        return self._of_current_version(value, lane)

    def _no_object(self, value: object, *, guarded: bool) -> list[Issue]:
        if isinstance(value, Unreadable):
            return [Issue("json", "", value.reason)]
        issues = [] if guarded else guard(value, self._limits)
        return issues or [Issue("type", "", "an event is a JSON object", "object")]

    def _completed(
        self, value: dict[str, Any], lane: Lane | None, now: str
    ) -> tuple[dict[str, Any], Lane] | list[Issue]:
        """The same for an envelope that is to be completed, of another version, or wrong."""
        _complete(value, now)
        if not self._envelope.is_valid(value):
            return self._envelope.issues(value)
        if lane is None:
            return [self._unknown_type(value["type"])]
        if value.get("dataschema", lane.schema_id) == lane.schema_id:
            return self._of_current_version(value, lane)
        current = upcast(value, lane)
        return current if isinstance(current, list) else (current, lane)

    @staticmethod
    def _of_current_version(value: dict[str, Any], lane: Lane) -> tuple[dict[str, Any], Lane] | list[Issue]:
        """The same for a valid envelope."""
        if not lane.validator.is_valid(value["data"]):
            return _refusal(value["data"], lane)
        value["dataschema"] = lane.schema_id
        return value, lane

    def _unknown_type(self, name: str) -> Issue:
        text = "no installed plugin owns this event type" + did_you_mean(name, self.lanes)
        return Issue("unknown_type", "/type", text)

    def ask(self, calls: Iterable[HookCall], event: Event) -> Steps[list[Issue]]:
        """What the plugins' ``calls`` say against ``event``."""
        found: list[Issue] = []
        for call in calls:
            try:
                result = call.function(event)
                if is_awaitable(result):
                    result = yield result
                issues = [] if result is None else self._checked(result)
            except contained() as error:
                call.failed(error, event)
                continue
            call.succeeded()
            owner = str(call.plugin.distribution)
            found.extend(issue if issue.owner else replace(issue, owner=owner) for issue in issues)
        return found

    def _checked(self, result: Any) -> list[Issue]:
        """What ``validate`` gave, if that is issues which can be kept and told.

        Raises:
            TypeError: It is something else, or an issue has a member of another type.
            ValueError: JSON cannot express one of them.
        """
        if not isinstance(result, Iterable):
            raise TypeError(wrong_result("validate", "a list of issues", result))
        issues = list(result)
        for issue in issues:
            if not isinstance(issue, Issue):
                message = f"validate gave {type(issue).__name__} among its issues, expected Issue"
                raise TypeError(message)
            for name in _TEXTS:
                text = getattr(issue, name)
                if not isinstance(text, str) and (name != "owner" or text is not None):
                    message = f"Issue.{name} is {type(text).__name__}, expected str"
                    raise TypeError(message)
            check(issue.to_json(), self._limits, "an issue that validate gave cannot be told")
        return issues


def _complete(value: dict[str, Any], now: str) -> None:
    # CloudEvents JSON format §2.1: an attribute that is null is absent.
    if None in value.values():
        for name in [name for name, each in value.items() if each is None]:
            del value[name]
    for name in _SERVER_SET:
        value.pop(name, None)
    value.setdefault("specversion", "1.0")
    if "id" not in value:
        value["id"] = uuid7()
    value.setdefault("time", now)


def _refusal(data: dict[str, Any], lane: Lane) -> list[Issue]:
    """Why ``data`` is none of the current version, and which earlier one it may have been meant for."""
    issues = lane.validator.issues(data, "/data")
    meant = next((each for each in lane.type.versions[1:] if each.validator.is_valid(data)), None)
    if meant is not None:
        text = f"the data satisfies version {meant.version}, which a sender names by the dataschema {meant.id}"
        issues.append(Issue("dataschema", "/dataschema", text, meant.id))
    return [replace(issue, owner=str(lane.type.owner)) for issue in issues]
