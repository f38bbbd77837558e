"""What the plugin declares, and what it adds to tool events."""

from typing import Any

import pytest
from eventyard import BufferMode, Event
from eventyard_tool import ToolNamespace, ToolPlugin
from eventyard_tool.settings import DEFAULTS
from eventyard_tool.starts import Starts


def start(call: str | None = "call-1", **attributes: Any) -> Event:
    """A ``tool_start`` at 12:00:00."""
    envelope = {"id": f"start-{call}", "time": "2026-01-31T12:00:00Z", "session": "s1"} | attributes
    return Event.create("tool_start", source="/test", data={"tool": "Bash"}, correlationid=call, **envelope)


def stop(call: str | None = "call-1", data: dict[str, Any] | None = None, **attributes: Any) -> Event:
    """A ``tool_stop`` at 12:00:05."""
    envelope = {"id": f"stop-{call}", "time": "2026-01-31T12:00:05Z", "session": "s1"} | attributes
    payload = {"tool": "Bash", "outcome": "success"} | (data or {})
    return Event.create("tool_stop", source="/test", data=payload, correlationid=call, **envelope)


def test_both_types_go_to_the_namespace_and_wait_for_a_client() -> None:
    """Both types go to ``/tools`` and are kept until a client has had them."""
    plugin = ToolPlugin()
    types = list(plugin.event_types())
    assert [each.name for each in types] == ["tool_start", "tool_stop"]
    assert {each.namespace for each in types} == {ToolNamespace.name} == {"/tools"}
    assert {each.policy.mode for each in types} == {BufferMode.BUFFER_IF_NO_CLIENTS}
    assert list(plugin.namespaces()) == [ToolNamespace]


def test_the_subject_is_the_tool() -> None:
    """An event without a subject gets the name of the tool."""
    assert ToolPlugin().enrich(start()) == {"subject": "Bash"}


def test_a_stop_is_told_its_start_and_duration() -> None:
    """A stop gets the id of its start and the time between the two."""
    plugin = ToolPlugin()
    plugin.enrich(start())
    assert plugin.enrich(stop()) == {"subject": "Bash", "causationid": "start-call-1", "data": {"duration_ms": 5000.0}}


def test_what_the_sender_said_is_not_added_again() -> None:
    """Of what the sender says itself, nothing is added."""
    plugin = ToolPlugin()
    plugin.enrich(start())
    assert plugin.enrich(stop(data={"duration_ms": 90}, subject="shell", causationid="other")) == {}


def test_calls_in_parallel_are_told_apart() -> None:
    """Stops find their own starts, also when the calls overlap."""
    plugin = ToolPlugin()
    plugin.enrich(start("a"))
    plugin.enrich(start("b", time="2026-01-31T12:00:01Z"))
    assert plugin.enrich(stop("b"))["data"] == {"duration_ms": 4000.0}
    assert plugin.enrich(stop("a"))["causationid"] == "start-a"


@pytest.mark.parametrize(
    "unpaired",
    [stop("unknown"), stop(session="s2"), stop(session=None), stop(None)],
    ids=["another call", "another session", "no session", "no correlationid"],
)
def test_a_stop_without_a_known_start_is_told_nothing(unpaired: Event) -> None:
    """A stop whose start was not seen gets no more than its subject."""
    plugin = ToolPlugin()
    plugin.enrich(start())
    plugin.enrich(start(None))
    assert plugin.enrich(unpaired) == {"subject": "Bash"}


@pytest.mark.parametrize("time", ["2026-01-31T11:59:59Z", "2026-01-31T23:59:60Z"], ids=["earlier", "leap second"])
def test_times_that_cannot_be_subtracted_give_no_duration(time: str) -> None:
    """A stop before its start, or at a time that no calendar has, gets its cause and no duration."""
    plugin = ToolPlugin()
    plugin.enrich(start())
    assert plugin.enrich(stop(time=time)) == {"subject": "Bash", "causationid": "start-call-1"}


def test_duplicates_change_nothing() -> None:
    """A start that is sent again, stamped with a later time, changes nothing; nor does a stop use its start up."""
    plugin = ToolPlugin()
    plugin.enrich(start())
    plugin.enrich(start(time="2026-01-31T12:00:04Z"))
    first, second = plugin.enrich(stop()), plugin.enrich(stop())
    assert first == second
    assert first["data"] == {"duration_ms": 5000.0}


def test_the_events_themselves_stay_as_they_are() -> None:
    """Enriching changes no event."""
    plugin = ToolPlugin()
    event = start()
    before = dict(event)
    plugin.enrich(event)
    assert dict(event) == before


def test_the_least_recently_used_start_is_forgotten() -> None:
    """Beyond the limit, the start is forgotten that was not seen for the longest time."""
    plugin = ToolPlugin()
    plugin.configure(DEFAULTS | {"remembered_starts": 2})
    for call in ("a", "b", "a", "c"):
        plugin.enrich(start(call))
    assert "causationid" in plugin.enrich(stop("a"))
    assert "causationid" not in plugin.enrich(stop("b"))
    assert "causationid" in plugin.enrich(stop("c"))


def test_memory_is_bounded() -> None:
    """However many starts come, no more than the limit are remembered."""
    starts = Starts(limit=10)
    for call in range(100):
        starts.remember(start(str(call)))
    assert len(starts) == 10
