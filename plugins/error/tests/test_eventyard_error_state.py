"""The state of ``/errors``: which errors are unresolved."""

from collections.abc import Iterable
from typing import Any

from eventyard import Event
from eventyard_error import ErrorNamespace
from eventyard_error.settings import DEFAULTS
from eventyard_error.unresolved_error import KNOWN_REPEATS


def error(number: int, message: str = "Exit code 3", kind: str = "tool_failed", **attributes: Any) -> Event:
    """The committed error event ``e<number>``, which came in minute ``number``."""
    return Event(
        {
            "specversion": "1.0",
            "id": f"e{number}",
            "source": "/claude-code/s1",
            "type": "error",
            "time": f"2026-11-23T10:{number:02}:00Z",
            "data": {"message": message, "kind": kind, **attributes.pop("data", {})},
            **attributes,
        }
    )


def acknowledged(error_id: str, source: str = "/claude-code/s1") -> Event:
    """A committed acknowledgement."""
    return Event(
        {
            "specversion": "1.0",
            "id": f"a-{error_id}",
            "source": "/eventyard/errors",
            "type": "error_acknowledged",
            "time": "2026-11-23T11:00:00Z",
            "data": {"error_source": source, "error_id": error_id},
        }
    )


def state_after(events: Iterable[Event], **settings: int) -> dict[str, Any]:
    """The snapshot after the events came in this order."""
    namespace = ErrorNamespace()
    namespace.configure({**DEFAULTS, **settings})
    for event in events:
        namespace.apply(event)
    return namespace.snapshot()


def ids(state: dict[str, Any]) -> list[str]:
    """The ids of the unresolved errors, in the order of the snapshot."""
    return [unresolved["id"] for unresolved in state["errors"]]


def test_an_error_is_unresolved() -> None:
    """An error stands in the snapshot with what a dashboard shows of it."""
    event = error(1, session="s1", agent="a1", data={"severity": "warning", "tool": "Bash", "plugin": "tool"})

    assert state_after([event]) == {
        "errors": [
            {
                "source": "/claude-code/s1",
                "id": "e1",
                "kind": "tool_failed",
                "message": "Exit code 3",
                "severity": "warning",
                "session": "s1",
                "agent": "a1",
                "tool": "Bash",
                "plugin": "tool",
                "event_type": None,
                "count": 1,
                "first": "2026-11-23T10:01:00Z",
                "last": "2026-11-23T10:01:00Z",
            }
        ],
        "forgotten": 0,
    }


def test_an_error_without_a_severity_is_an_error() -> None:
    """The severity is that of the schema's default."""
    assert state_after([error(1)])["errors"][0]["severity"] == "error"


def test_equal_errors_count_as_one() -> None:
    """Repeats are counted; the latest gives the id and stands last."""
    state = state_after([error(1), error(2, message="Not found"), error(3)])

    assert ids(state) == ["e2", "e3"]
    repeated = state["errors"][1]
    assert (repeated["count"], repeated["first"], repeated["last"]) == (
        2,
        "2026-11-23T10:01:00Z",
        "2026-11-23T10:03:00Z",
    )


def test_errors_of_different_sessions_differ() -> None:
    """What fails in two sessions is shown for both."""
    assert ids(state_after([error(1, session="s1"), error(2, session="s2"), error(3)])) == ["e1", "e2", "e3"]


def test_errors_of_different_kinds_differ() -> None:
    """The same message may mean different things."""
    assert ids(state_after([error(1, kind="tool_failed"), error(2, kind="turn_failed")])) == ["e1", "e2"]


def test_an_acknowledged_error_is_resolved() -> None:
    """It leaves the state, the others stay."""
    assert ids(state_after([error(1), error(2, message="Not found"), acknowledged("e1")])) == ["e2"]


def test_any_repeat_may_be_acknowledged() -> None:
    """The id of one of equal errors resolves all of them."""
    assert ids(state_after([error(1), error(2), error(3), acknowledged("e2")])) == []


def test_the_latest_of_many_repeats_may_be_acknowledged() -> None:
    """Of an error that repeats without end, the latest ids are known."""
    repeats = [error(1, id=f"e{number}") for number in range(KNOWN_REPEATS + 1)]

    assert ids(state_after([*repeats, acknowledged("e0")])) == [f"e{KNOWN_REPEATS}"]
    assert ids(state_after([*repeats, acknowledged("e1")])) == []


def test_an_error_that_comes_back_is_unresolved_again() -> None:
    """An acknowledgement resolves what was, not what will be; counting begins anew."""
    state = state_after([error(1), acknowledged("e1"), error(2)])

    assert ids(state) == ["e2"]
    assert state["errors"][0]["count"] == 1


def test_an_error_is_identified_by_source_and_id() -> None:
    """An equal id from another source is another error."""
    assert ids(state_after([error(1), acknowledged("e1", source="/eventyard")])) == ["e1"]


def test_an_unknown_error_may_be_acknowledged() -> None:
    """The journal may still hold the acknowledgement of an error that it no longer holds."""
    assert ids(state_after([acknowledged("e0"), error(1)])) == ["e1"]


def test_the_quietest_error_is_pushed_out() -> None:
    """Over the limit, the error whose latest event is the oldest goes, and is counted."""
    state = state_after([error(1, "A"), error(2, "B"), error(3, "A"), error(4, "C")], error_limit=2)

    assert ids(state) == ["e3", "e4"]
    assert state["forgotten"] == 1


def test_a_long_message_is_shortened() -> None:
    """Messages may have a million characters; the state keeps the beginning."""
    assert state_after([error(1, "0123456789")], text_length=6)["errors"][0]["message"] == "01234…"
