"""An event as a line of text."""

from typing import Any

import click
from eventyard.cli.event_line import event_line, printable
from hypothesis import given
from hypothesis import strategies as st

EVENT = {
    "type": "tool_start",
    "time": "2026-01-31T12:00:00.123Z",
    "session": "4f0c2e9a-77b1-4c1e-9d0e-0c9a4f6f1d11",
    "agent": "a6ffe3bb12345",
    "subject": "Bash",
    "data": {"tool_name": "Bash", "tool_input": {"command": "ls"}},
}


def plain(namespace: str, event: dict[str, Any], width: int = 200) -> str:
    """The line without its colours."""
    return click.unstyle(event_line(namespace, event, width))


def test_a_line_tells_time_namespace_type_session_agent_subject_and_data() -> None:
    time, rest = plain("/tools", EVENT).split(" ", 1)
    assert time.endswith(":00.123")
    assert rest == ('/tools    tool_start         4f0c2e9a a6ffe3bb Bash tool_name="Bash" tool_input={"command": "ls"}')


def test_what_is_absent_is_a_dash() -> None:
    assert plain("/tools", {"type": "tool_start", "time": "?", "data": {}}).split() == [
        "?",
        "/tools",
        "tool_start",
        "-",
        "-",
    ]


def test_the_data_is_cut_to_the_width() -> None:
    line = plain("/tools", {**EVENT, "data": {"text": "x" * 500}}, width=100)
    assert len(line) == 100
    assert line.endswith("x…")


@given(st.text(), st.text(), st.text())
def test_nothing_in_an_event_can_control_the_terminal(text: str, name: str, subject: str) -> None:
    line = plain("/tools", {**EVENT, "type": name, "subject": subject, "data": {name: [text]}})
    assert line.isprintable()


def test_letters_of_all_scripts_are_kept() -> None:
    assert printable("Grüße, мир, 世界 🎉") == "Grüße, мир, 世界 🎉"
