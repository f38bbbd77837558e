"""Whether a session works, waits (and why), is idle or has ended."""

from typing import Any

import pytest
from eventyard import Event
from eventyard_session import SessionNamespace

START = ("session_start", {"reason": "startup"})
RESUME = ("session_start", {"reason": "resume"})
COMPACT = ("session_start", {"reason": "compact"})
END = ("session_end", {"reason": "logout"})
PROMPT = ("user_prompt", {"prompt": "Fix it"})
COMPLETED = ("turn_end", {"outcome": "completed"})
FAILED = ("turn_end", {"outcome": "failed", "error": "rate_limit"})
INTERRUPTED = ("turn_end", {"outcome": "interrupted"})
BASH = ("tool_start", {"tool": "Bash"})
BASH_DONE = ("tool_stop", {"tool": "Bash", "outcome": "success"})
READ = ("tool_start", {"tool": "Read"})
READ_DONE = ("tool_stop", {"tool": "Read", "outcome": "success"})
QUESTION = ("tool_start", {"tool": "AskUserQuestion"})
ANSWER = ("tool_stop", {"tool": "AskUserQuestion", "outcome": "success"})
MAY_BASH = ("permission_request", {"tool": "Bash"})
SUBAGENT = ("subagent_start", {"agent_type": "Explore"}, "a1")
SUBAGENT_READ = ("tool_start", {"tool": "Read"}, "a1")
SUBAGENT_MAY_BASH = ("permission_request", {"tool": "Bash"}, "a1")
SUBAGENT_BASH_DONE = ("tool_stop", {"tool": "Bash", "outcome": "success"}, "a1")
ERROR = ("error", {"message": "Exit code 3", "kind": "tool_failed"})
HOOK = ("hook_event", {"hook": "Setup", "body": {}})


def notice(kind: str | None, message: str = "Look here") -> tuple[str, dict[str, Any]]:
    """A notification, of a kind or of none."""
    return ("notification", {"message": message} | ({} if kind is None else {"kind": kind}))


@pytest.mark.parametrize(
    ("story", "status", "why"),
    [
        pytest.param([START], "idle", None, id="a new session is idle"),
        pytest.param([START, PROMPT], "working", None, id="a prompt makes it work"),
        pytest.param([START, PROMPT, COMPLETED], "idle", None, id="the end of the turn makes it idle"),
        pytest.param([PROMPT, FAILED], "idle", "rate_limit", id="a failed turn says why"),
        pytest.param(
            [PROMPT, ("turn_end", {"outcome": "failed"})],
            "idle",
            "the turn failed",
            id="a turn may fail without a word",
        ),
        pytest.param([PROMPT, BASH, INTERRUPTED], "idle", None, id="its user may stop it"),
        pytest.param([PROMPT, FAILED, PROMPT], "working", None, id="the next prompt is a new beginning"),
        pytest.param([PROMPT, COMPLETED, BASH], "working", None, id="a tool call in the background is work"),
        pytest.param([PROMPT, COMPLETED, SUBAGENT], "working", None, id="a subagent in the background is work"),
        # Sessions that were not seen to start.
        pytest.param([BASH], "working", None, id="a session may be known from its first tool call on"),
        pytest.param([BASH_DONE], "working", None, id="or from the end of one"),
        pytest.param([SUBAGENT], "working", None, id="or from its first subagent"),
        pytest.param([COMPLETED], "idle", None, id="or from the end of a turn"),
        pytest.param([HOOK], "idle", None, id="of which any hook may tell"),
        pytest.param([notice("auth_success")], "idle", None, id="or any notification"),
        pytest.param([END], "ended", "logout", id="or from its end"),
        # Waiting for a permission.
        pytest.param([PROMPT, BASH, MAY_BASH], "waiting", "permission for Bash", id="a permission is waited for"),
        pytest.param([PROMPT, BASH, MAY_BASH, BASH_DONE], "working", None, id="until the tool has run"),
        pytest.param([PROMPT, BASH, MAY_BASH, READ], "working", None, id="or the agent calls the next tool"),
        pytest.param([PROMPT, BASH, MAY_BASH, PROMPT], "working", None, id="or the user says something else"),
        pytest.param([PROMPT, BASH, MAY_BASH, COMPLETED], "idle", None, id="or the turn ends"),
        pytest.param([PROMPT, BASH, MAY_BASH, END], "ended", "logout", id="or the session ends"),
        pytest.param(
            [PROMPT, READ, BASH, MAY_BASH, READ_DONE],
            "waiting",
            "permission for Bash",
            id="the end of a call in parallel does not end the waiting",
        ),
        pytest.param(
            [PROMPT, BASH, MAY_BASH, SUBAGENT, SUBAGENT_READ],
            "waiting",
            "permission for Bash",
            id="what a subagent does meanwhile does not end it",
        ),
        pytest.param(
            [PROMPT, SUBAGENT, SUBAGENT_MAY_BASH, READ_DONE],
            "waiting",
            "permission for Bash",
            id="a subagent's request is not answered by the main agent",
        ),
        pytest.param(
            [PROMPT, SUBAGENT, SUBAGENT_MAY_BASH, SUBAGENT_BASH_DONE],
            "working",
            None,
            id="a subagent's request is answered when its tool has run",
        ),
        pytest.param(
            [PROMPT, BASH, MAY_BASH, notice("permission_prompt", "Claude needs you")],
            "waiting",
            "permission for Bash",
            id="a notification of the request says less than the request",
        ),
        # Waiting for an answer.
        pytest.param([PROMPT, QUESTION], "waiting", "question", id="a question is waited for"),
        pytest.param(
            [PROMPT, QUESTION, ("permission_request", {"tool": "AskUserQuestion"})],
            "waiting",
            "question",
            id="also when the question comes as a request",
        ),
        pytest.param([PROMPT, QUESTION, ANSWER], "working", None, id="until it is answered"),
        # Waiting as notifications tell.
        pytest.param(
            [PROMPT, notice("permission_prompt", "May I?")], "waiting", "May I?", id="a notification says why"
        ),
        pytest.param(
            [PROMPT, notice("elicitation_dialog", "Which?")], "waiting", "Which?", id="a dialog is waited for"
        ),
        pytest.param([PROMPT, notice("elicitation_url_dialog", "Go")], "waiting", "Go", id="so is one on a web page"),
        pytest.param([PROMPT, notice("agent_needs_input", "Well?")], "waiting", "Well?", id="and any other input"),
        pytest.param(
            [PROMPT, notice("agent_needs_input", "")], "waiting", "agent_needs_input", id="without words, by its kind"
        ),
        pytest.param([PROMPT, notice("permission_prompt"), BASH_DONE], "working", None, id="any activity ends it"),
        pytest.param([PROMPT, notice("permission_prompt"), SUBAGENT], "working", None, id="also that of a subagent"),
        pytest.param(
            [PROMPT, notice("elicitation_dialog"), notice("elicitation_response")],
            "working",
            None,
            id="an answered dialog ends it",
        ),
        pytest.param(
            [PROMPT, COMPLETED, notice("elicitation_complete")], "idle", None, id="an answer alone is no activity"
        ),
        pytest.param([PROMPT, notice("auth_success")], "working", None, id="other notifications change nothing"),
        pytest.param([PROMPT, notice(None)], "working", None, id="nor does one of no kind"),
        # Idle as notifications tell.
        pytest.param([PROMPT, notice("idle_prompt")], "idle", None, id="an interrupted turn shows by the idle prompt"),
        pytest.param([PROMPT, BASH, MAY_BASH, notice("idle_prompt")], "idle", None, id="so does a dismissed request"),
        pytest.param([PROMPT, FAILED, notice("idle_prompt")], "idle", "rate_limit", id="it leaves why a turn failed"),
        # The end and what follows.
        pytest.param([START, END], "ended", "logout", id="the end says why"),
        pytest.param([START, END, RESUME], "idle", None, id="resuming revives"),
        pytest.param([START, END, PROMPT], "working", None, id="a prompt revives, the start may be missing"),
        pytest.param([START, END, BASH], "working", None, id="a tool call revives"),
        pytest.param([START, END, BASH_DONE], "ended", "logout", id="a late stop does not revive"),
        pytest.param([START, END, COMPLETED], "ended", "logout", id="a late end of a turn does not revive"),
        pytest.param([START, END, notice("idle_prompt")], "ended", "logout", id="a late notification does not revive"),
        pytest.param([START, END, ("session_end", {"reason": "x"})], "ended", "logout", id="the first end counts"),
        # Starts in between.
        pytest.param([PROMPT, COMPACT], "working", None, id="compaction does not end a turn"),
        pytest.param([PROMPT, BASH, RESUME], "idle", None, id="a restart does"),
        pytest.param([START, END, COMPACT], "idle", None, id="compaction of an ended session revives it"),
        # Errors and other hooks.
        pytest.param([PROMPT, ERROR], "working", None, id="an error alone does not stop a session"),
        pytest.param([PROMPT, HOOK], "working", None, id="other hooks change nothing"),
    ],
)
def test_the_status(story: list[tuple[Any, ...]], status: str, why: str | None) -> None:
    """What a session does, after what happened in it."""
    namespace = SessionNamespace()
    for number, (name, data, *agent) in enumerate(story):
        envelope = {"id": f"e{number}", "source": "/claude-code/s1", "type": name, "time": "2026-11-23T10:00:00Z"}
        envelope |= {"specversion": "1.0", "session": "s1"} | ({"agent": agent[0]} if agent else {})
        namespace.apply(Event({**envelope, "data": data}))

    (session,) = namespace.snapshot()["sessions"]
    assert (session["status"], session["why"]) == (status, why)
