"""The state of ``/sessions``: what is known of each session, in which order, and within which limits."""

from collections.abc import Iterable
from typing import Any

import pytest
from eventyard import Event
from eventyard_session import SessionNamespace
from eventyard_session.settings import DEFAULTS

START = ("session_start", {"reason": "startup"})
RESUME = ("session_start", {"reason": "resume"})
END = ("session_end", {"reason": "logout"})
PROMPT = ("user_prompt", {"prompt": "Fix it"})
COMPLETED = ("turn_end", {"outcome": "completed"})
FAILED = ("turn_end", {"outcome": "failed", "error": "rate_limit"})
BASH = ("tool_start", {"tool": "Bash"})
BASH_DONE = ("tool_stop", {"tool": "Bash", "outcome": "success"})
READ = ("tool_start", {"tool": "Read"})
READ_DONE = ("tool_stop", {"tool": "Read", "outcome": "success"})
MAY_BASH = ("permission_request", {"tool": "Bash"})
ERROR = ("error", {"message": "Exit code 3", "kind": "tool_failed"})


def happened(minute: int, name: str, data: dict[str, Any], **envelope: Any) -> Event:
    """A committed event of session ``s1``, of the given minute."""
    attributes = {
        "specversion": "1.0",
        "id": f"e{minute}",
        "source": "/claude-code/s1",
        "type": name,
        "time": f"2026-11-23T10:{minute:02}:00Z",
        "session": "s1",
        "data": data,
        **envelope,
    }
    return Event({key: value for key, value in attributes.items() if value is not None})


def state_after(events: Iterable[Event], **settings: Any) -> dict[str, Any]:
    """The snapshot after the events came in this order."""
    namespace = SessionNamespace()
    namespace.configure({**DEFAULTS, **settings})
    for event in events:
        namespace.apply(event)
    return namespace.snapshot()


def session_after(*events: Event, **settings: Any) -> dict[str, Any]:
    """The only session in the snapshot after the events."""
    (session,) = state_after(events, **settings)["sessions"]
    assert isinstance(session, dict)
    return session


def test_a_session_in_full() -> None:
    """A session stands in the snapshot with what a dashboard shows of it."""
    start = {"reason": "startup", "cwd": "/home/dev/shop", "model": "claude-opus-5-5", "title": "Shop"}
    where = {"project": "shop", "host": "laptop"}

    assert state_after(
        [
            happened(1, "session_start", start, **where),
            happened(2, "user_prompt", {"prompt": "Fix the login form", "title": "Login form"}, **where),
            happened(3, "tool_start", {"tool": "Bash", "cwd": "/home/dev/shop/api"}, **where),
        ]
    ) == {
        "sessions": [
            {
                "session": "s1",
                "status": "working",
                "why": None,
                "since": "2026-11-23T10:02:00Z",
                "title": "Login form",
                "prompt": "Fix the login form",
                "tool": "Bash",
                "cwd": "/home/dev/shop",
                "model": "claude-opus-5-5",
                "project": "shop",
                "host": "laptop",
                "turns": 0,
                "errors": 0,
                "last_activity": "2026-11-23T10:03:00Z",
            }
        ],
        "forgotten": 0,
    }


def test_the_directory_may_come_with_a_tool_call() -> None:
    """A session that was not seen to start works where its first known call does."""
    steps = [("tool_start", {"tool": "Bash", "cwd": "/a"}), ("tool_start", {"tool": "Bash", "cwd": "/b"})]

    assert session_after(*(happened(minute, *step) for minute, step in enumerate(steps)))["cwd"] == "/a"


def test_the_running_tool() -> None:
    """The latest call is shown while it runs; the end of another one does not hide it."""
    calls = [
        happened(1, *READ, correlationid="t1"),
        happened(2, *BASH, correlationid="t2"),
        happened(3, *READ_DONE, correlationid="t1"),
        happened(4, *BASH_DONE, correlationid="t2"),
    ]

    assert [session_after(*calls[:count])["tool"] for count in (1, 2, 3, 4)] == ["Read", "Bash", "Bash", None]


@pytest.mark.parametrize("step", [COMPLETED, END, PROMPT, RESUME])
def test_no_tool_outlives_its_turn(step: tuple[str, dict[str, Any]]) -> None:
    """A call whose end was never told is over with its turn."""
    assert session_after(happened(1, *BASH, correlationid="t1"), happened(2, *step))["tool"] is None


def test_turns_are_counted() -> None:
    """Each end of a turn counts, also of one that failed."""
    steps = [PROMPT, COMPLETED, PROMPT, FAILED, PROMPT]

    assert session_after(*(happened(minute, *step) for minute, step in enumerate(steps)))["turns"] == 2


def test_errors_are_counted() -> None:
    """Errors count for a known session, also after its end, and are no activity."""
    session = session_after(
        happened(1, *PROMPT), happened(2, *ERROR), happened(3, *END), happened(4, *ERROR), happened(5, *ERROR)
    )

    assert session["errors"] == 3
    assert session["last_activity"] == "2026-11-23T10:03:00Z"


def test_an_error_makes_no_session_known() -> None:
    """The error may be about an event that was refused."""
    assert state_after([happened(1, *ERROR)])["sessions"] == []


def test_events_without_a_session_say_nothing_of_one() -> None:
    """Other senders than agents may use the same types."""
    assert state_after([happened(1, *step, session=None) for step in (START, BASH, ERROR)])["sessions"] == []


def test_since_is_the_time_of_the_last_change() -> None:
    """More of the same is no change; another reason to wait is."""
    steps = [PROMPT, BASH, MAY_BASH, ("permission_request", {"tool": "Write"})]
    events = [happened(minute, *step) for minute, step in enumerate(steps)]

    since = [session_after(*events[:count])["since"] for count in (1, 2, 3, 4)]
    assert since == [f"2026-11-23T10:{minute:02}:00Z" for minute in (0, 0, 2, 3)]


def test_the_order_of_the_stream_decides() -> None:
    """A sender's clock may be wrong: what came last is what is."""
    session = session_after(happened(9, *PROMPT), happened(3, *COMPLETED))

    assert (session["status"], session["since"]) == ("idle", "2026-11-23T10:03:00Z")


def test_texts_are_shortened() -> None:
    """Prompts, titles and reasons may have a million characters; the state keeps the beginning."""
    session = session_after(
        happened(1, "user_prompt", {"prompt": "0123456789", "title": "abcdefghij"}),
        happened(2, "notification", {"kind": "permission_prompt", "message": "ABCDEFGHIJ"}),
        text_length=6,
    )

    assert (session["prompt"], session["title"], session["why"]) == ("01234…", "abcde…", "ABCDE…")


def test_which_tools_ask_is_a_setting() -> None:
    """Another agent's tool for questions has another name."""
    call = happened(1, "tool_start", {"tool": "ask_followup"})

    assert session_after(call, question_tools=["ask_followup"])["why"] == "question"


def test_ended_sessions_come_first_then_the_latest_active_last() -> None:
    """The snapshot is in the order in which a person wants to read it from below."""
    events = [
        happened(1, *START, session="s1"),
        happened(2, *START, session="s2"),
        happened(3, *START, session="s3"),
        happened(4, *END, session="s3"),
        happened(5, *PROMPT, session="s1"),
    ]

    assert [session["session"] for session in state_after(events)["sessions"]] == ["s3", "s2", "s1"]


def test_the_quietest_session_is_pushed_out() -> None:
    """Over the limit, the session whose latest event is the oldest goes, and is counted."""
    events = [happened(minute, *PROMPT, session=name) for minute, name in enumerate(["s1", "s2", "s1", "s3"])]
    state = state_after(events, session_limit=2)

    assert [session["session"] for session in state["sessions"]] == ["s1", "s3"]
    assert state["forgotten"] == 1


def test_ended_sessions_have_a_limit_of_their_own() -> None:
    """They push out each other, and none that goes on."""
    events = [happened(1, *PROMPT, session="s0")]
    events += [happened(minute, *END, session=f"s{minute}") for minute in (2, 3, 4)]
    state = state_after(events, ended_limit=2)

    assert [session["session"] for session in state["sessions"]] == ["s3", "s4", "s0"]
    assert state["forgotten"] == 0


def test_ended_sessions_need_not_be_kept() -> None:
    """With a limit of zero, a session is gone when it ends."""
    assert state_after([happened(1, *PROMPT), happened(2, *END)], ended_limit=0)["sessions"] == []


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"error": "rate_limit", "last_message": "Too many requests"}, "rate_limit"),
        ({"error": "unknown", "last_message": "API Error: 400"}, "API Error: 400"),
        ({"last_message": "API Error: 400"}, "API Error: 400"),
        ({"error": "unknown"}, "unknown"),
        ({}, "the turn failed"),
    ],
)
def test_a_failed_turn_is_told_by_what_says_most(said: dict[str, Any], why: str) -> None:
    """The agent's own code, unless it says nothing."""
    session = session_after(happened(1, "turn_end", {"outcome": "failed", **said}))
    assert (session["status"], session["why"]) == ("idle", why)
