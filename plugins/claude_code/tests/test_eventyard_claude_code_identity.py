"""The same fact gets the same id, whatever hook tells it and however often; another fact gets another id."""

from collections.abc import Callable
from typing import Any

import pytest
from eventyard import Event
from eventyard_claude_code import ClaudeCodePlugin

Decode = Callable[..., list[Event]]
Bodies = dict[str, dict[str, Any]]

NOTIFICATION = {"hook_event_name": "Notification", "session_id": "s1", "message": "Claude waits for you"}


def ids(events: list[Event]) -> list[str]:
    return [event.id for event in events]


def test_a_hook_that_fires_twice_gives_the_same_ids(decode: Decode, bodies: Bodies) -> None:
    for body in bodies.values():
        assert ids(decode(body)) == ids(decode(dict(reversed(body.items()))))


def test_all_bodies_and_all_events_of_a_body_have_ids_of_their_own(decode: Decode, bodies: Bodies) -> None:
    """Except for the batch, which tells again how the calls of Bash and Read ended."""
    known = [event for name, body in bodies.items() if name != "PostToolBatch" for event in decode(body)]
    assert len({(event.source, event.id) for event in known}) == len(known)


@pytest.mark.parametrize("name", ["PreToolUse:Bash", "PostToolUse:Agent", "PostToolUseFailure", "PostToolBatch"])
def test_events_of_a_tool_call_have_the_same_ids_for_ever(
    name: str, decode: Decode, bodies: Bodies, clock: Any
) -> None:
    before = ids(decode(bodies[name]))
    clock.now += 100_000
    assert ids(decode(bodies[name])) == before
    assert ids(list(ClaudeCodePlugin().decode("claude-code", bodies[name], {}) or ())) == before


@pytest.mark.parametrize("name", ["MessageDisplay", "SubagentStart", "SubagentStop", "UserPromptSubmit"])
def test_so_have_the_events_of_other_bodies_that_name_themselves(
    name: str, decode: Decode, bodies: Bodies, clock: Any
) -> None:
    before = ids(decode(bodies[name]))
    clock.now += 100_000
    assert ids(decode(bodies[name])) == before


def test_the_batch_ends_a_call_under_the_id_that_the_calls_own_hook_gives(decode: Decode, bodies: Bodies) -> None:
    own = [decode(bodies[name])[0].id for name in ("PostToolUse:Bash", "PostToolUse:Read")]
    assert ids(decode(bodies["PostToolBatch"])) == own


def test_a_subagent_that_goes_on_and_stops_again_has_stopped_twice(decode: Decode, bodies: Bodies) -> None:
    stop = bodies["SubagentStop"]
    again = stop | {"last_assistant_message": "finished once more"}
    assert ids(decode(stop)) != ids(decode(again))


def test_the_same_prompt_in_another_turn_is_another_prompt(decode: Decode, bodies: Bodies) -> None:
    prompt = bodies["UserPromptSubmit"]
    assert ids(decode(prompt)) != ids(decode(prompt | {"prompt_id": "another"}))


def test_an_equal_body_within_the_repeat_window_is_a_repeat(decode: Decode, clock: Any) -> None:
    first = ids(decode(NOTIFICATION))
    clock.now += 4.9
    assert ids(decode(NOTIFICATION)) == first


def test_an_equal_body_after_the_repeat_window_tells_something_new(decode: Decode, clock: Any) -> None:
    first = ids(decode(NOTIFICATION))
    clock.now += 5.0
    assert ids(decode(NOTIFICATION)) != first


def test_the_window_counts_from_the_first_sight(decode: Decode, clock: Any) -> None:
    """Otherwise a body that comes every four seconds would be told once and never again."""
    first = ids(decode(NOTIFICATION))
    clock.now += 4
    decode(NOTIFICATION)
    clock.now += 4
    assert ids(decode(NOTIFICATION)) != first


def test_the_repeat_window_is_a_setting(plugin: ClaudeCodePlugin, decode: Decode, clock: Any) -> None:
    plugin.configure({"repeat_window": 60, "text_limit": 1000})
    first = ids(decode(NOTIFICATION))
    clock.now += 59
    assert ids(decode(NOTIFICATION)) == first


def test_a_flood_of_bodies_pushes_out_the_oldest(decode: Decode) -> None:
    """The memory of recent bodies is bounded: a repeat that comes after thousands of others counts as new."""
    decode(NOTIFICATION)
    (first,) = ids(decode(NOTIFICATION | {"message": "0"}))
    for number in range(5000):
        decode(NOTIFICATION | {"message": str(number)})
    assert first not in ids(decode(NOTIFICATION | {"message": "4999"}))


def test_an_equal_body_after_a_restart_tells_something_new(decode: Decode, clock: Any) -> None:
    first = ids(decode(NOTIFICATION))
    restarted = ClaudeCodePlugin()
    restarted.clock = lambda: float(clock.now + 1)
    assert ids(list(restarted.decode("claude-code", NOTIFICATION, {}) or ())) != first


def test_a_relay_says_which_equal_bodies_are_one(decode: Decode, bodies: Bodies, clock: Any) -> None:
    first = ids(decode(bodies["FileChanged"], {"eventyard-event-id": "spool-17"}))
    clock.now += 100_000
    assert first == ["spool-17:file_operation", "spool-17:hook_event"]
    assert ids(decode(bodies["FileChanged"], {"eventyard-event-id": "spool-17"})) == first
    assert ids(decode(bodies["FileChanged"], {"eventyard-event-id": "spool-18"})) != first


def test_a_relays_id_may_be_of_any_form(decode: Decode, bodies: Bodies) -> None:
    """The events are checked to have proper ids all the same."""
    for relayed in ("with a space", "x" * 1000, "ü"):
        assert ids(decode(bodies["Stop"], {"eventyard-event-id": relayed})) == ids(
            decode(bodies["Stop"], {"eventyard-event-id": relayed})
        )


def test_a_relay_does_not_part_the_two_tellings_of_one_tool_calls_end(decode: Decode, bodies: Bodies) -> None:
    stop, _ = decode(bodies["PostToolUse:Read"], {"eventyard-event-id": "spool-1"})
    _, told_again = decode(bodies["PostToolBatch"], {"eventyard-event-id": "spool-2"})
    assert stop.id == told_again.id


def test_a_relay_says_when_and_where_it_happened(decode: Decode) -> None:
    headers = {"eventyard-event-time": "2026-11-23T06:30:00.5+01:00", "eventyard-host": "build-7"}
    (event,) = decode(NOTIFICATION, headers)
    assert event.time == "2026-11-23T05:30:00.500Z"
    assert event["host"] == "build-7"
    assert event.source == "/claude-code/build-7/s1"


@pytest.mark.parametrize(
    "time",
    [
        "yesterday",
        "2026-11-23T06:30:00",
        "0001-01-01T00:00:00+14:00",
        "0970-01-01T00:00:00Z",
        "9999-12-31T23:59:59-14:00",
        "",
    ],
)
def test_an_unusable_time_of_a_relay_is_left_to_the_server(decode: Decode, time: str) -> None:
    (event,) = decode(NOTIFICATION, {"eventyard-event-time": time})
    assert "time" not in event


def test_an_unusable_host_of_a_relay_counts_as_absent(decode: Decode) -> None:
    for host in ("", "h" * 257, "two\nlines"):
        (event,) = decode(NOTIFICATION, {"eventyard-host": host})
        assert "host" not in event
        assert event.source == "/claude-code/s1"


@pytest.mark.parametrize(
    ("session", "source"),
    [("a/b c?d#e", "/claude-code/a%2Fb%20c%3Fd%23e"), ("späť", "/claude-code/sp%C3%A4%C5%A5")],
)
def test_the_source_is_a_proper_uri_reference(decode: Decode, session: str, source: str) -> None:
    (event,) = decode(NOTIFICATION | {"session_id": session})
    assert (event.session, event.source) == (session, source)


def test_the_source_stays_short_for_a_session_that_takes_many_escapes(decode: Decode) -> None:
    long, other = ("🦉" * 256, "🦉" * 255)
    assert len(decode(NOTIFICATION | {"session_id": long})[0].source) < 64
    assert (
        decode(NOTIFICATION | {"session_id": long})[0].source != decode(NOTIFICATION | {"session_id": other})[0].source
    )
